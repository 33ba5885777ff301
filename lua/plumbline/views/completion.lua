-- What a shell loads to complete command lines, made from the program's own
-- tables of verbs and options; metrics and departments are asked for as one types.
-- subject: { name = "bash" | "zsh" | "fish", commands = JSON }
local codes = require "plumbline.codes"

local function code_names()
  local names = {}
  for name, code in pairs(codes) do
    if code.verdict ~= "reserved" then names[#names + 1] = name end
  end
  table.sort(names)
  return names
end

-- What a verb's first argument is: "METRIC" of "METRIC [DIR]"; nil for none.
local function first_argument(verb)
  return verb.arguments:gsub("%-%-%S+ ?", ""):match("%u+")
end

local function options_of(verb, facts)
  local wanted, out = {}, {}
  for _, name in ipairs(verb.options) do wanted[name] = true end
  for _, option in ipairs(facts.options) do
    if wanted[option.name] then out[#out + 1] = option end
  end
  return out
end

local function spelled(option)
  return option.letter and { "-" .. option.letter, "--" .. option.name } or { "--" .. option.name }
end

local function help_topics(verb, facts)
  local topics, seen = {}, {}
  for _, word in ipairs(verb.words) do
    topics[#topics + 1], seen[word] = word, true
  end
  for _, other in ipairs(facts.verbs) do
    if not seen[other.name] then topics[#topics + 1] = other.name end
  end
  return topics
end

-- What stands for a value: words, or the name of a kind that each shell knows.
local kinds = { DIR = "folder", FILE = "file", PATH = "file", METRIC = "metric", CODE = "code" }
local function choices(facts, place, words, verb)
  if place == "TOPIC" then return help_topics(verb, facts) end
  if words then return words end
  return kinds[place] or place == "NAME" and "department" or nil
end

local function fill(template, parts)
  return (template:gsub("@(%l+)@", function(name) return assert(parts[name], name) end))
end

-- ---- bash ------------------------------------------------------------------------------

local bash = [=[
# Completes plumbline's command lines in bash. Made by `plumbline help --completion bash`.

# One candidate a line on stdin; those that begin with what is typed are offered.
_plumbline_offer() {
  local line typed=${cur//\\/}
  typed=${typed#[\"\']}
  while IFS= read -r line; do
    [[ $line == "$typed"* ]] || continue
    [[ $cur == [\"\']* ]] || printf -v line %q "$line"
    COMPREPLY+=("$line")
  done
}

_plumbline_words() { _plumbline_offer < <(printf '%s\n' "$@"); }

_plumbline_files() {
  compopt -o filenames 2>/dev/null
  local IFS=$'\n'
  COMPREPLY=($(compgen "$1" -- "$cur"))
}

# The ids of the workspace's metrics.
_plumbline_ids() {
  local program=${COMP_WORDS[0]/#\~/$HOME} folder=${workspace/#\~/$HOME}
  "$program" list metrics -q --color never ${folder:+-C "$folder"} 2>/dev/null </dev/null |
    sed 's/   *.*//'
}

# Bare names where they are unique; ids as well, once something is typed.
_plumbline_metrics() {
  _plumbline_offer < <(_plumbline_ids | awk -F/ -v typed="${cur//\\/}" '
    { id[NR] = $0; name[NR] = $NF; seen[$NF]++ }
    END {
      for (i = 1; i <= NR; i++) print seen[name[i]] == 1 ? name[i] : id[i]
      if (typed != "") for (i = 1; i <= NR; i++) if (seen[name[i]] == 1) print id[i]
    }')
}

_plumbline_departments() { _plumbline_offer < <(_plumbline_ids | sed 's,/[^/]*$,,' | sort -u); }

_plumbline() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
  local i word verb='' place=0 workspace=''
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    case $word in
      @valued@)
        [[ ${COMP_WORDS[i + 1]} == = ]] && ((i++))
        [[ $word == -C || $word == --directory ]] && workspace=${COMP_WORDS[i + 1]}
        ((i++)) ;;
      -*) ;;
      *) if [[ -z $verb ]]; then verb=$word; else ((place++)); fi ;;
    esac
  done
  [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}
  [[ $cur == = ]] && cur=''
  case $prev in
@values@
    @free@) return ;;
  esac
  if [[ $cur == -* ]]; then
    case $verb in
@options@
      *) _plumbline_words @all@ ;;
    esac
    return
  fi
  case $verb:$place in
    :*) _plumbline_words @verbs@ ;;
@arguments@
    *) _plumbline_files -d ;;
  esac
}
complete -F _plumbline plumbline
]=]

local function bash_action(choice)
  if type(choice) == "table" then return "_plumbline_words " .. table.concat(choice, " ") end
  return ({ folder = "_plumbline_files -d", file = "_plumbline_files -f", metric = "_plumbline_metrics",
    department = "_plumbline_departments",
    code = "cur=${cur^^}; _plumbline_words " .. table.concat(code_names(), " ") })[choice]
end

local function make_bash(facts)
  local valued, values, free, all, options, arguments, verbs = {}, {}, {}, {}, {}, {}, {}
  for _, option in ipairs(facts.options) do
    local spellings = table.concat(spelled(option), " | ")
    all[#all + 1] = table.concat(spelled(option), " ")
    if option.value then
      valued[#valued + 1] = spellings
      local choice = choices(facts, option.value, option.words)
      if choice then
        values[#values + 1] = ("    %s) %s; return ;;"):format(spellings, bash_action(choice))
      else
        free[#free + 1] = spellings
      end
    end
  end
  for _, verb in ipairs(facts.verbs) do
    local names = {}
    for _, option in ipairs(options_of(verb, facts)) do names[#names + 1] = table.concat(spelled(option), " ") end
    verbs[#verbs + 1] = verb.name
    options[#options + 1] = ("      %s) _plumbline_words %s ;;"):format(verb.name, table.concat(names, " "))
    local choice = choices(facts, first_argument(verb), verb.words, verb)
    if choice then arguments[#arguments + 1] = ("    %s:0) %s ;;"):format(verb.name, bash_action(choice)) end
  end
  return fill(bash, { valued = table.concat(valued, " | "), values = table.concat(values, "\n"),
    free = table.concat(free, " | "), all = table.concat(all, " "), options = table.concat(options, "\n"),
    arguments = table.concat(arguments, "\n"), verbs = table.concat(verbs, " ") })
end

-- ---- zsh -------------------------------------------------------------------------------

local zsh = [=[
#compdef plumbline
# Completes plumbline's command lines in zsh. Made by `plumbline help --completion zsh`.

_plumbline_ids() {
  local folder=${(Q)opt_args[-C]:-${(Q)opt_args[--directory]:-$workspace}}
  ids=(${(f)"$(_call_program metrics ${(q)program} list metrics -q --color never \
    ${folder:+-C ${(q)folder}} 2>/dev/null </dev/null | sed 's/   *.*//')"})
}

# Bare names where they are unique, and the ids.
_plumbline_metrics() {
  local -a ids names same
  local id name
  _plumbline_ids
  for id in $ids; do
    name=${id##*/}
    same=(${(M)ids:#*/$name})
    (( $#same == 1 )) && names+=($name)
  done
  _alternative "metrics:metric:compadd -a names" "ids:department/metric:compadd -a ids"
}

_plumbline_departments() {
  local -a ids departments
  _plumbline_ids
  departments=(${(u)ids%/*})
  compadd -a departments
}

_plumbline() {
  local curcontext=$curcontext state line workspace program=$words[1] ret=1
  typeset -A opt_args
  local -a verbs
  verbs=(
@verbs@
  )
  _arguments -C \
@all@
    '(-):verb:->verb' '(-)*::argument:->argument' && ret=0
  case $state in
    verb) _describe verb verbs && ret=0 ;;
    argument)
      workspace=${(Q)opt_args[-C]:-${(Q)opt_args[--directory]}}
      case $line[1] in
@arguments@
      esac ;;
  esac
  return ret
}

_plumbline "$@"
]=]

local function zsh_quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function zsh_action(choice)
  if type(choice) == "table" then return "(" .. table.concat(choice, " ") .. ")" end
  return ({ folder = "_files -/", file = "_files", metric = "_plumbline_metrics",
    department = "_plumbline_departments", code = "(" .. table.concat(code_names(), " ") .. ")" })[choice] or " "
end

local function zsh_option(option, facts)
  local help = option.help:gsub("[%[%]:\\]", "\\%0"):gsub("`", "")
  local value = ""
  if option.value then
    local place = option.value:lower():gsub("[^%l]+", " ")
    value = ":" .. place .. ":" .. zsh_action(choices(facts, option.value, option.words))
  end
  local long = "--" .. option.name .. (option.value and "=" or "")
  if not option.letter then return "    " .. zsh_quoted(long .. "[" .. help .. "]" .. value) .. " \\" end
  local short = "-" .. option.letter .. (option.value and "+" or "")
  return ("    '(-%s --%s)'{%s,%s}%s \\"):format(option.letter, option.name, short, long,
    zsh_quoted("[" .. help .. "]" .. value))
end

local function make_zsh(facts)
  local verbs, all, arguments = {}, {}, {}
  for _, option in ipairs(facts.options) do all[#all + 1] = zsh_option(option, facts) end
  for _, verb in ipairs(facts.verbs) do
    verbs[#verbs + 1] = "    " .. zsh_quoted(verb.name .. ":" .. verb.summary:gsub("[:\\]", "\\%0"))
    local specs = {}
    for _, option in ipairs(options_of(verb, facts)) do specs[#specs + 1] = "      " .. zsh_option(option, facts) end
    local place = first_argument(verb)
    local choice = choices(facts, place, verb.words, verb)
    arguments[#arguments + 1] = ("        %s) _arguments \\\n%s\n          %s '*:folder:_files -/' && ret=0 ;;"):format(
      verb.name, table.concat(specs, "\n"), zsh_quoted("1:" .. place:lower() .. ":" .. zsh_action(choice)))
  end
  return fill(zsh, { verbs = table.concat(verbs, "\n"), all = table.concat(all, "\n"),
    arguments = table.concat(arguments, "\n") })
end

-- ---- fish ------------------------------------------------------------------------------

local fish = [=[
# Completes plumbline's command lines in fish. Made by `plumbline help --completion fish`.

# The ids of the workspace's metrics.
function __plumbline_ids
    set -l words (commandline -opc)
    set -l folder
    for i in (seq 2 (count $words))
        switch $words[$i]
            case -C --directory
                set folder -C $words[(math $i + 1)]
            case '--directory=*'
                set folder -C (string replace -- --directory= '' $words[$i])
        end
    end
    $words[1] list metrics -q --color never $folder 2>/dev/null </dev/null | string replace -r '   *.*' ''
end

# Bare names where they are unique, and the ids.
function __plumbline_metrics
    set -l ids (__plumbline_ids)
    set -l names (string replace -r '.*/' '' -- $ids)
    for name in $names
        test (count (string match -- $name $names)) = 1; and echo $name
    end
    string join \n -- $ids
end

function __plumbline_departments
    __plumbline_ids | string replace -r '/[^/]*$' '' | sort -u
end

complete -c plumbline -f
@lines@
]=]

local function fish_quoted(text)
  return "'" .. text:gsub("[\\']", "\\%0") .. "'"
end

local function fish_action(choice)
  if type(choice) == "table" then return table.concat(choice, " ") end
  return ({ folder = "(__fish_complete_directories)", metric = "(__plumbline_metrics)",
    department = "(__plumbline_departments)", code = table.concat(code_names(), " ") })[choice]
end

local function fish_option(option, facts, condition)
  local parts = { "complete -c plumbline -n " .. fish_quoted(condition) }
  if option.letter then parts[#parts + 1] = "-s " .. option.letter end
  parts[#parts + 1] = "-l " .. option.name
  local choice = option.value and choices(facts, option.value, option.words)
  if option.value then parts[#parts + 1] = choice == "file" and "-r -F" or "-x" end
  if choice and fish_action(choice) then parts[#parts + 1] = "-a " .. fish_quoted(fish_action(choice)) end
  parts[#parts + 1] = "-d " .. fish_quoted((option.help:gsub("`", "")))
  return table.concat(parts, " ")
end

local function make_fish(facts)
  local lines, names, takers = {}, {}, {}
  for _, verb in ipairs(facts.verbs) do
    names[#names + 1] = verb.name
    for _, option in ipairs(verb.options) do
      takers[option] = (takers[option] or "") .. " " .. verb.name
    end
  end
  local no_verb = "not __fish_seen_subcommand_from " .. table.concat(names, " ")
  for _, verb in ipairs(facts.verbs) do
    lines[#lines + 1] = ("complete -c plumbline -n %s -a %s -d %s"):format(fish_quoted(no_verb), verb.name,
      fish_quoted(verb.summary))
    local choice = choices(facts, first_argument(verb), verb.words, verb)
    local action = choice == "file" and "-F" or "-a " .. fish_quoted(fish_action(choice))
    lines[#lines + 1] = ("complete -c plumbline -n %s %s"):format(
      fish_quoted("__fish_seen_subcommand_from " .. verb.name), action)
  end
  for _, option in ipairs(facts.options) do
    local condition = takers[option.name] and "__fish_seen_subcommand_from" .. takers[option.name] or no_verb
    lines[#lines + 1] = fish_option(option, facts, condition)
  end
  return fill(fish, { lines = table.concat(lines, "\n") })
end

local make = { bash = make_bash, zsh = make_zsh, fish = make_fish }

return function(subject)
  return make[subject.name](plumbline.cjson.decode(subject.commands))
end

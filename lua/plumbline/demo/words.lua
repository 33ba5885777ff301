-- The words that the demo's companies, people and articles are made of. All of
-- them are invented; every address ends in .example, which nobody can own.
local words = {}

words.firms = {
  "Alder", "Amber", "Ashgrove", "Beacon", "Birch", "Bramble", "Cedar", "Clearwater", "Copper",
  "Dunmore", "Eastgate", "Elmwood", "Fairfield", "Fennel", "Foxglove", "Granite", "Greenhill",
  "Harbour", "Hawthorn", "Hazel", "Highmoor", "Ivory", "Juniper", "Kingfisher", "Lakeside",
  "Linden", "Maple", "Meadow", "Northway", "Oakridge", "Orchard", "Pebble", "Quarry", "Redstone",
  "Rowan", "Saffron", "Silverline", "Stonebridge", "Thistle", "Westbrook",
}
words.trades = {
  "Logistics", "Foods", "Care", "Retail", "Hotels", "Cleaning", "Security", "Clinics", "Bakeries",
  "Facilities", "Transport", "Gyms", "Cinemas", "Garden Centres", "Caterers", "Pharmacies",
  "Nurseries", "Repairs",
}
words.industries = {
  "Logistics", "Food", "Health care", "Retail", "Hospitality", "Facility services", "Security",
  "Health care", "Food", "Facility services", "Logistics", "Leisure", "Leisure", "Retail", "Food",
  "Retail", "Education", "Facility services",
}
words.countries = {
  "Germany", 46, "Austria", 12, "Netherlands", 12, "United Kingdom", 9, "United States", 9,
  "France", 7, "Ireland", 5,
}
words.first = {
  "Ada", "Aino", "Alma", "Anouk", "Arvid", "Bela", "Bruno", "Carla", "Celia", "Cosmo", "Dario",
  "Delia", "Edda", "Elio", "Enno", "Esme", "Fenja", "Finn", "Flora", "Gesa", "Greta", "Hanno",
  "Hedda", "Ida", "Ilse", "Ines", "Ivo", "Jana", "Jonas", "Juno", "Kaia", "Kilian", "Lasse",
  "Lena", "Levi", "Lina", "Lotte", "Malte", "Mara", "Mika", "Mila", "Nele", "Nils", "Nora",
  "Odin", "Olive", "Oskar", "Pia", "Ravi", "Rosa", "Runa", "Selma", "Silas", "Tilda", "Timo",
  "Una", "Vera", "Viggo", "Wanda", "Yara",
}
-- Family names are put together from two halves.
words.family_a = {
  "Ander", "Bruck", "Dorn", "Ehl", "Falken", "Grau", "Hassel", "Immer", "Kester", "Lind", "Marl",
  "Nord", "Oster", "Pahl", "Quer", "Rosen", "Silber", "Tann", "Ulm", "Vogels", "Wester", "Zell",
}
words.family_b = { "au", "bach", "berg", "dahl", "feld", "holt", "ing", "mark", "rode", "stedt" }
words.titles = {
  "Operations manager", "Head of operations", "Shift planner", "HR manager", "Managing director",
  "Finance lead", "Site manager", "IT manager", "Payroll officer", "Regional manager",
}
words.reps = {
  "Rep 1 (North)", "Rep 2 (North)", "Rep 3 (South)", "Rep 4 (South)", "Rep 5 (West)",
  "Rep 6 (West)", "Rep 7 (International)", "Rep 8 (International)",
}

-- The five things that buyers ask about, and what else an editorial team writes.
words.categories = { "cost", "problems", "comparisons", "reviews", "best-of", "company news" }
words.article = {
  cost = { "What shift planning costs in ", "The price of overtime in ",
    "A budget for rota software in " },
  problems = { "Why rotas fail in ", "Five problems with spreadsheets in ", "Late swaps in " },
  comparisons = { "Spreadsheet or software for ", "Larkfield or a time clock for ",
    "Three planners compared for " },
  reviews = { "A year with Larkfield in ", "What planners say in ", "An honest review from " },
  ["best-of"] = { "The best rota tools for ", "The best time clocks for ",
    "The best planning habits in " },
  ["company news"] = { "New in Larkfield for ", "We met planners from ", "Our plans for " },
}
words.fields = {
  "bakeries", "care homes", "cinemas", "cleaning firms", "clinics", "delivery fleets",
  "garden centres", "gyms", "hotels", "kitchens", "museums", "night shifts", "nurseries",
  "pharmacies", "repair shops", "security firms", "small shops", "start-ups", "supermarkets",
  "warehouses",
}
words.questions = {
  cost = { "What does it cost for 80 people?", "Is there a fee for each site?",
    "What happens to the price after a year?" },
  problems = { "How do you deal with last-minute sick calls?",
    "What goes wrong in the first month?", "Does it work without a phone?" },
  comparisons = { "How are you different from a spreadsheet?",
    "Why not the planner in our payroll?", "How do you compare with a time clock?" },
  reviews = { "Who in our trade uses it?", "Can we talk to a customer?",
    "What do planners dislike?" },
  ["best-of"] = { "What do the best in our trade do?", "Which set-up works best for two sites?" },
  other = { "Where is the data kept?", "Can we sign next quarter?", "Who trains our planners?" },
}

return words

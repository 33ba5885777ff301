-- Days and moments of the demo. A moment is a number of seconds since 1970 in
-- UTC; the company lives on Berlin time, and most tools write local time.
local Calendar = {}

local DAY = 86400
Calendar.DAY = DAY

-- Days since 1970-01-01 and back (proleptic Gregorian; Hinnant, "chrono-Compatible
-- Low-Level Date Algorithms").
function Calendar.day(year, month, dom)
  if month <= 2 then year = year - 1 end
  local era = year // 400
  local yoe = year - era * 400
  local doy = (153 * (month + (month > 2 and -3 or 9)) + 2) // 5 + dom - 1
  local doe = yoe * 365 + yoe // 4 - yoe // 100 + doy
  return era * 146097 + doe - 719468
end

function Calendar.civil(day)
  day = day + 719468
  local era = day // 146097
  local doe = day - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  local year = yoe + era * 400 + (month <= 2 and 1 or 0)
  return year, month, doy - (153 * mp + 2) // 5 + 1
end

Calendar.FIRST = Calendar.day(2024, 7, 1) -- the first day of the story
Calendar.LAST = Calendar.day(2026, 6, 30) -- as_of

-- Texts of days are needed again and again.
local dates, parts = {}, {}
local function civil(day)
  local p = parts[day]
  if not p then
    p = { Calendar.civil(day) }
    parts[day] = p
  end
  return p[1], p[2], p[3]
end

function Calendar.date(day)
  local text = dates[day]
  if not text then
    text = string.format("%04d-%02d-%02d", civil(day))
    dates[day] = text
  end
  return text
end

-- Summer time: from the last Sunday of March, 01:00 UTC, to that of October.
local turns = {}
local function last_sunday(year, month)
  local day = Calendar.day(year, month, 31)
  return day - (day + 4) % 7
end
local function offset(t)
  local year = civil(t // DAY)
  local turn = turns[year]
  if not turn then
    turn = { last_sunday(year, 3) * DAY + 3600, last_sunday(year, 10) * DAY + 3600 }
    turns[year] = turn
  end
  return (t >= turn[1] and t < turn[2]) and 7200 or 3600
end

-- A local day and second of the day -> a moment. Nobody works at the hour that
-- the clocks change in, so either side gives the same answer.
function Calendar.moment(day, second)
  local t = day * DAY + second
  return t - offset(t - 7200)
end

-- The local day and second of the day of a moment.
function Calendar.wall(t)
  local here = t + offset(t)
  return here // DAY, here % DAY
end

local function clock(second) return second // 3600, second // 60 % 60, second % 60 end

function Calendar.minute(t) -- 2025-03-14 09:30
  local day, second = Calendar.wall(t)
  local h, m = clock(second)
  return string.format("%s %02d:%02d", Calendar.date(day), h, m)
end

function Calendar.second(t) -- 2025-03-14 09:30:05
  local day, second = Calendar.wall(t)
  return string.format("%s %02d:%02d:%02d", Calendar.date(day), clock(second))
end

function Calendar.utc(t) -- 2025-03-14T08:30:05Z
  return string.format("%sT%02d:%02d:%02dZ", Calendar.date(t // DAY), clock(t % DAY))
end

function Calendar.local_date(t) return Calendar.date((Calendar.wall(t))) end

function Calendar.german(day) -- 14.03.2025
  local y, m, d = civil(day)
  return string.format("%02d.%02d.%04d", d, m, y)
end

function Calendar.american(t) -- 03/14/2025 09:30:05
  local day, second = Calendar.wall(t)
  local y, m, d = civil(day)
  return string.format("%02d/%02d/%04d %02d:%02d:%02d", m, d, y, clock(second))
end

local MONTHS = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov",
  "Dec" }
function Calendar.mailing(t) -- Mar 14, 2025 09:30 am
  local day, second = Calendar.wall(t)
  local y, m, d = civil(day)
  local hour, minute = clock(second)
  return string.format("%s %02d, %04d %02d:%02d %s", MONTHS[m], d, y, (hour + 11) % 12 + 1, minute,
    hour < 12 and "am" or "pm")
end

-- Work that falls on a weekend was done on the Friday before. (Day 0 was a Thursday.)
function Calendar.workday(day)
  local weekday = (day + 3) % 7 -- 0: Monday
  return weekday > 4 and day - (weekday - 4) or day
end

-- A moment in the working hours of a day.
function Calendar.at_work(random, day)
  return Calendar.moment(Calendar.workday(day), random:int(8 * 3600, 18 * 3600))
end

-- A moment at which people read: mornings to late evenings.
function Calendar.at_any_hour(random, day)
  return Calendar.moment(day, random:int(6 * 3600, 22 * 3600))
end

return Calendar

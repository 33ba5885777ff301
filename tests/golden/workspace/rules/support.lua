department "Support"

metric "tickets" { title = "Tickets answered" }

metrc "response_time" { title = "Time to answer" }

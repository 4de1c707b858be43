"""A valid article and a valid campaign, for tests to import and to spoil."""

ARTICLE = """\
---
title: The last bus
slug: the-last-bus
section: Stories
topic: Getting Around
author: By Ada Okafor
published: 2026-11-16
summary: Nobody counted them.
campaign: night-buses
---

“At ten to one” the door opens.

Take Action: Ask for night buses

Read More: [The harbour bus](/articles/the-harbour-bus)
"""

CAMPAIGN = """\
---
title: Night buses
slug: night-buses
ask: Run a bus on every line, every night.
goal: 5000
summary: Nine thousand people work late.
opens: 2026-01-01
closes: 2026-12-31
officials:
  - slug: mayor
    name: Ada Okafor
    title: Mayor
    body: City of Harrow Bay
    email: mayor@harrowbay.example.org
  - slug: director
    name: Zoë Nguyễn
    title: Director
    body: Harrow Bay Transit
    email: director@transit.example.org
---

We ask for *night buses*.

# Where

Everywhere.
"""

# Translations of the two above.
ARTICLE_ES = """\
---
title: El último autobús
summary: Nadie las había contado.
---

A la una menos diez se abre la puerta.

Take Action: Pide autobuses nocturnos

Read More: [El autobús del puerto](/articles/the-harbour-bus)
"""

CAMPAIGN_ES = """\
---
title: Autobuses nocturnos
ask: Que circule un autobús en cada línea, todas las noches.
summary: Nueve mil personas trabajan hasta tarde.
---

Pedimos *autobuses nocturnos*.
"""

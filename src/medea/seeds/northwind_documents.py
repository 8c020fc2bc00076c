"""Documents of the fictional outdoor shop of the demo, as Markdown. Only texts."""

CARE_GUIDE = """\
# Care guide

How gear lasts. Most of what comes back to our workshop could have been prevented with ten minutes of care.

## Leather boots

### After a tour
Take out the laces and the insoles. Brush off mud with a soft brush and lukewarm water; soap dries leather out. \
Let boots dry at room temperature, never on a radiator, in the sun or beside a fire: above 40 degrees leather \
shrinks and the glue of the sole gives way. Newspaper inside takes up moisture; change it after two hours.

### Waxing
Wax leather boots every fifth tour, or when drops of water no longer pearl off. Warm the wax with your fingers, \
rub it in thinly and leave it for twelve hours. Ridgeline GTX boots need the water-based Northwind Wax, because \
grease closes the pores of the membrane. Do not wax suede; use the spray for rough leather.

### New soles
A Ridgeline can be resoled three times. Send boots in when the lugs are lower than four millimetres, before the \
midsole is touched: once the midsole is worn through, resoling is no longer possible. Midsoles of polyurethane \
age even when nobody wears them, and should be replaced after eight years.

## Down sleeping bags

### Washing
Wash a Dunlin at most once a year, at 30 degrees in a front loader with at least eight kilograms of drum, with \
down soap and without softener. Rinse twice. Dry it in a tumble dryer at low heat with three tennis balls; this \
takes three to four hours, and the bag is dry when no clumps are left. Air-drying alone leaves clumps that rot.

### Storing
Store the bag loose in the big cotton sack, never compressed. A bag that lay compressed for a year loses about a \
tenth of its loft and with it about three degrees of its comfort temperature.

## Shell jackets
Wash a Fjell Shell at 30 degrees with liquid detergent after every ten days of use. Dirt, not washing, ruins a \
membrane. Then tumble it for twenty minutes at low heat: warmth brings the water repellency back. When drops \
still soak in, use a spray without PFAS on the wet jacket, and tumble it again.
"""

TENT_MANUAL = """\
# Skarv tents: manual

For Skarv 2 and Skarv 3, models from 2023 on.

## Pitching
1. Look for level ground without sharp stones, with the foot end into the wind.
2. Lay out the footprint and the tent, and peg the foot end.
3. Assemble the poles. Grey tips belong to the short pole at the foot, orange ones to the two long poles.
4. Push the poles into the sleeves from the foot end. Do not pull them: pulled poles come apart inside the sleeve.
5. Raise the poles, hook the inner tent in, and peg the head end.
6. Tension the guy lines until no wrinkle is left. In rain, tension them again after half an hour, because \
polyamide stretches when it is wet.

## Wind and snow
With all eight guy lines a Skarv stands in wind of up to 90 kilometres an hour, measured in the wind tunnel in \
Trondheim. Without guy lines its limit is 55. The Skarv is a three-season tent: brush off snow above a depth of \
five centimetres, since the poles bear a load of twelve kilograms.

## Condensation
Two sleepers breathe out about half a litre of water in a night. Open both vents, also in rain, and keep wet \
clothes in the vestibule. If the inner side drips all the same, wipe it with a cloth in the morning and dry the \
tent within two days; after three days mould sets in, and mould is not covered by the warranty.

## Repairs on the way
The repair sleeve in the pole bag holds a broken segment: push it over the break and tape both ends. Small tears \
are mended with the patches from the bag, from outside, on dry and clean fabric. Replacement segments cost 9 \
EUR, and on Skarv poles the warranty is lifelong.

## Technical data
| model | people | weight | packed size | inner height | water column of fly | water column of floor |
|---|---|---|---|---|---|---|
| Skarv 2 | 2 | 2.1 kg | 42 x 15 cm | 105 cm | 3,000 mm | 10,000 mm |
| Skarv 3 | 3 | 2.9 kg | 46 x 18 cm | 115 cm | 3,000 mm | 10,000 mm |
"""

RENTAL_TERMS = """\
# Rental terms

## What can be rented
Tents, rucksacks, snowshoes, ice axes and avalanche sets (transceiver, shovel, probe) at the stores in Bergen, \
Hamburg and Innsbruck. Sleeping bags and boots are not rented out.

## Prices
| item | first day | each further day | deposit |
|---|---|---|---|
| tent | 25 EUR | 12 EUR | 150 EUR |
| rucksack | 15 EUR | 7 EUR | 80 EUR |
| snowshoes | 18 EUR | 9 EUR | 60 EUR |
| avalanche set | 22 EUR | 11 EUR | 200 EUR |

## Reservation and return
Reserve up to 90 days ahead at northwind.example/rental. Cancelling is free until 48 hours before the first day; \
after that one day is charged. Bring things back by 12:00 on the day after the last day of use. Wet tents cost \
20 EUR for drying. Half of the rental price of up to five days is credited when the same model is bought within \
30 days.

## Damage
Report damage when returning. Normal wear costs nothing. Lost items are charged at their price new, less 20 \
percent for each year of age, and at least 30 percent of it.
"""

DOCUMENTS = {"care-guide.md": CARE_GUIDE, "skarv-tent-manual.md": TENT_MANUAL, "rental-terms.md": RENTAL_TERMS}
"""By file name."""

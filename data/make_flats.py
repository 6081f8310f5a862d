#!/usr/bin/env python3
"""Writes flats.csv: invented flats with words and missing values, for examples and tests.

The same file every time: all draws come from the linear congruential generator below.
"""
import csv
import os

state = 2024


def draw():
    global state
    state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    return (state >> 11) / 2**53


def pick(names):
    return names[int(draw() * len(names))]


DISTRICTS = {"harbour": 3.0, "hill": 2.0, "market": 1.5, "old town": 4.0, "station": 0.0}
HEATING = {"district heating": 60, "gas": 0, "heat pump": 90}

rows = []
for number in range(1, 301):
    area, rooms = 20 + int(draw() * 100), 0
    rooms = max(1, min(6, round(area / 25 + draw() * 2 - 1)))
    district, heating = pick(list(DISTRICTS)), pick(list(HEATING))
    built, floor = 1890 + int(draw() * 135), int(draw() * 7)
    noise = sum(draw() for _ in range(12)) - 6
    rent = 150 + area * (8 + DISTRICTS[district]) + HEATING[heating] + max(0, built - 1990) * 4 + 40 * noise
    rows.append([number, area, rooms, district, "NA" if draw() < 0.1 else heating,
                 "NA" if draw() < 0.15 else built, floor, "high" if rent > 900 else "low"])

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "flats.csv"), "w", newline="") as file:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["number", "area", "rooms", "district", "heating", "built", "floor", "rent"])
    writer.writerows(rows)

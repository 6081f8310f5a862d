"""Holds a JSON Schema against a public validator (Debian: python3-jsonschema).

Reads {"schema": ..., "values": [...]} from the file named on the command line; prints a JSON list of whether each
value fits. Ends with 1 when the schema itself is none of draft 2020-12.
"""
import json
import sys

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

with open(sys.argv[1], encoding="utf-8") as file:
    given = json.load(file)
try:
    Draft202012Validator.check_schema(given["schema"])
except SchemaError as error:
    sys.exit(f"no schema: {error.message}")
validator = Draft202012Validator(given["schema"])
print(json.dumps([validator.is_valid(value) for value in given["values"]]))

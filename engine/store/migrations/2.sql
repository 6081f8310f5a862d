-- Schema number 2: groups of runs, where a run comes from, how often a test split was opened, and
-- intermediate values that name their trial.

DROP TABLE intermediate_values;

CREATE TABLE intermediate_values(
  id INTEGER PRIMARY KEY,
  trial INTEGER NOT NULL,
  step INTEGER NOT NULL,
  figure INTEGER NOT NULL,
  value REAL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE groups(
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  runs INTEGER NOT NULL,
  config_as_written TEXT NOT NULL,
  created TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE INDEX groups_by_name ON groups(name);

CREATE TABLE planned_runs(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  seed INTEGER NOT NULL,
  settings TEXT NOT NULL,
  config_resolved TEXT NOT NULL,
  context BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE origins(
  run INTEGER PRIMARY KEY REFERENCES runs(run),
  data BLOB,
  group_number INTEGER REFERENCES groups(number),
  position INTEGER,
  parent INTEGER,
  checksum INTEGER NOT NULL
) STRICT;

CREATE UNIQUE INDEX origins_by_group ON origins(group_number, position);

CREATE TABLE test_openings(
  id INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  data BLOB,
  context BLOB NOT NULL,
  winner INTEGER,
  checksum INTEGER NOT NULL
) STRICT;

CREATE INDEX test_openings_by_data ON test_openings(data, context);

CREATE VIEW group_runs AS
SELECT p.id >> 40 AS group_number, g.name AS group_name, (p.id & 0xFFFFFFFFFF) + 1 AS place, p.name, p.seed, p.settings, o.run,
       coalesce(v.status, 'not begun') AS status
FROM planned_runs p
JOIN groups g ON g.number = p.id >> 40
LEFT JOIN origins o ON o.group_number = p.id >> 40 AND o.position = p.id & 0xFFFFFFFFFF
LEFT JOIN overview v ON v.run = o.run;

-- Schema number 2: groups of runs, where a run comes from, how often a test split was opened, intermediate
-- values that name their trial, and outcomes of a part of what a candidate was to go through.

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

-- What the search stopped early, or tried in part only.

DROP VIEW candidates;

CREATE VIEW candidates AS
SELECT o.id >> 40 AS run, o.id & 0xFFFFFFFFFF AS ticket, (o.id - o.birth_lag) & 0xFFFFFFFFFF AS birth, o.class,
       o.level, o.hit & 1 AS hit, o.hit >> 1 & 1 AS verified, o.hit >> 2 & 1 AS wrong,
       CASE o.status WHEN 0 THEN 'ok' WHEN 1 THEN 'infeasible' WHEN 2 THEN 'non_finite' WHEN 3 THEN 'failed'
                     WHEN 4 THEN 'cancelled' WHEN 5 THEN 'pruned' WHEN 6 THEN 'partial' END AS status,
       CASE o.reason WHEN 0 THEN '' WHEN 1 THEN 'wrong_shape' WHEN 2 THEN 'evaluator_error' WHEN 3 THEN 'crash'
                     WHEN 4 THEN 'deadline' WHEN 5 THEN 'memory' WHEN 6 THEN 'protocol' WHEN 7 THEN 'lost_worker' END AS reason,
       o.fitness,
       ((o.id - o.birth_lag) & 0xFFFFFFFFFF) - g.parent_lag AS parent,
       ((o.id - o.birth_lag) & 0xFFFFFFFFFF) - g.second_parent_lag AS second_parent,
       g.operator, length(g.flat) AS genome_bytes
FROM outcomes o LEFT JOIN genomes g ON g.id = o.id - o.birth_lag;

DROP VIEW evaluations;

CREATE VIEW evaluations AS
SELECT t.id >> 40 AS run,
       CASE t.kind WHEN 0 THEN 'search' WHEN 1 THEN 'verification' WHEN 2 THEN 'final' WHEN 3 THEN 'reference' END AS kind,
       t.subject, t.subject - t.birth_lag AS birth, t.class, t.level,
       CASE t.split WHEN 0 THEN 'validation' WHEN 1 THEN 'test' END AS split, t.repeat,
       CASE t.status WHEN 0 THEN 'ok' WHEN 1 THEN 'infeasible' WHEN 2 THEN 'non_finite' WHEN 3 THEN 'failed'
                     WHEN 4 THEN 'cancelled' WHEN 5 THEN 'pruned' WHEN 6 THEN 'partial' END AS status,
       t.seconds, t.cost, t.message,
       t.f0, t.f1, t.f2, t.f3, t.f4, t.f5, t.f6, t.f7, t.f8, t.f9, t.f10, t.f11, t.f12, t.f13, t.f14, t.f15
FROM trials t;

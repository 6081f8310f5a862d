-- The tables of a results file, schema number 1; 2.sql and so on say what came later. docs/results-file.md explains every
-- column. Never changed: it is what files of schema 1 hold, word for word.
--
-- id = run << 40 | number, where number is a ticket, a birth, a class or a position in order of insertion, so that one
-- integer key serves and rows of a run lie together. checksum = XXH3-64 over all other columns (engine/store/row.hpp).

CREATE TABLE runs(
  run INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  seed INTEGER NOT NULL,
  evaluator TEXT NOT NULL,
  evaluator_version TEXT NOT NULL,
  representation TEXT NOT NULL,
  config_as_written TEXT NOT NULL,
  config_resolved TEXT NOT NULL,
  context BLOB NOT NULL,
  engine_version TEXT NOT NULL,
  kernel TEXT NOT NULL,
  created TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE INDEX runs_by_name ON runs(name);

CREATE TABLE progress(
  run INTEGER PRIMARY KEY REFERENCES runs(run),
  status INTEGER NOT NULL,
  stopped_by TEXT NOT NULL,
  told INTEGER NOT NULL,
  seconds REAL NOT NULL,
  heartbeat TEXT NOT NULL,
  commits INTEGER NOT NULL,
  summary_json TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE figures(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  unit TEXT NOT NULL,
  role INTEGER NOT NULL,
  minimize INTEGER NOT NULL,
  reproducible INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE outcomes(
  id INTEGER PRIMARY KEY,
  birth_lag INTEGER NOT NULL,
  class INTEGER,
  level INTEGER NOT NULL,
  hit INTEGER NOT NULL,
  status INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  fitness REAL,
  further BLOB,
  genome_checksum INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE genomes(
  id INTEGER PRIMARY KEY,
  parent_lag INTEGER,
  second_parent_lag INTEGER,
  operator INTEGER NOT NULL,
  flat BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE classes(
  id INTEGER PRIMARY KEY,
  founder INTEGER NOT NULL,
  digest BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE trials(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  birth_lag INTEGER,
  class INTEGER,
  level INTEGER NOT NULL,
  split INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  common_seed INTEGER NOT NULL,
  own_seed INTEGER NOT NULL,
  status INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  seconds REAL,
  cost INTEGER NOT NULL,
  genome_checksum INTEGER NOT NULL,
  message TEXT,
  items BLOB,
  figure_count INTEGER NOT NULL,
  f0 REAL, f1 REAL, f2 REAL, f3 REAL, f4 REAL, f5 REAL, f6 REAL, f7 REAL,
  f8 REAL, f9 REAL, f10 REAL, f11 REAL, f12 REAL, f13 REAL, f14 REAL, f15 REAL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE intermediate_values(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  step INTEGER NOT NULL,
  figure INTEGER NOT NULL,
  value REAL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE events(
  id INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  kind TEXT NOT NULL,
  detail TEXT NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE artefacts(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  content BLOB NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE TABLE control(
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs(run),
  time TEXT NOT NULL,
  wish TEXT NOT NULL,
  taken INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;

CREATE VIEW overview AS
SELECT r.run, r.name,
       CASE p.status WHEN 0 THEN 'running' WHEN 1 THEN 'paused' WHEN 2 THEN 'stopped' WHEN 3 THEN 'finished'
                     WHEN 4 THEN 'failed' END AS status,
       p.stopped_by, p.told, p.seconds, r.evaluator, r.representation, r.seed, r.created, p.heartbeat
FROM runs r JOIN progress p ON p.run = r.run;

CREATE VIEW figure_names AS
SELECT id >> 40 AS run, id & 0xFFFFFFFFFF AS position, 'f' || (id & 0xFFFFFFFFFF) AS "column", name, unit,
       CASE role WHEN 0 THEN 'objective' WHEN 1 THEN 'constraint' WHEN 2 THEN 'descriptor' WHEN 3 THEN 'metric' END AS role,
       CASE minimize WHEN 1 THEN 'minimize' ELSE 'maximize' END AS direction
FROM figures;

CREATE VIEW candidates AS
SELECT o.id >> 40 AS run, o.id & 0xFFFFFFFFFF AS ticket, (o.id - o.birth_lag) & 0xFFFFFFFFFF AS birth, o.class,
       o.level, o.hit & 1 AS hit, o.hit >> 1 & 1 AS verified, o.hit >> 2 & 1 AS wrong,
       CASE o.status WHEN 0 THEN 'ok' WHEN 1 THEN 'infeasible' WHEN 2 THEN 'non_finite' WHEN 3 THEN 'failed'
                     WHEN 4 THEN 'cancelled' END AS status,
       CASE o.reason WHEN 0 THEN '' WHEN 1 THEN 'wrong_shape' WHEN 2 THEN 'evaluator_error' WHEN 3 THEN 'crash'
                     WHEN 4 THEN 'deadline' WHEN 5 THEN 'memory' WHEN 6 THEN 'protocol' WHEN 7 THEN 'lost_worker' END AS reason,
       o.fitness,
       ((o.id - o.birth_lag) & 0xFFFFFFFFFF) - g.parent_lag AS parent,
       ((o.id - o.birth_lag) & 0xFFFFFFFFFF) - g.second_parent_lag AS second_parent,
       g.operator, length(g.flat) AS genome_bytes
FROM outcomes o LEFT JOIN genomes g ON g.id = o.id - o.birth_lag;

CREATE VIEW evaluations AS
SELECT t.id >> 40 AS run,
       CASE t.kind WHEN 0 THEN 'search' WHEN 1 THEN 'verification' WHEN 2 THEN 'final' WHEN 3 THEN 'reference' END AS kind,
       t.subject, t.subject - t.birth_lag AS birth, t.class, t.level,
       CASE t.split WHEN 0 THEN 'validation' WHEN 1 THEN 'test' END AS split, t.repeat,
       CASE t.status WHEN 0 THEN 'ok' WHEN 1 THEN 'infeasible' WHEN 2 THEN 'non_finite' WHEN 3 THEN 'failed'
                     WHEN 4 THEN 'cancelled' END AS status,
       t.seconds, t.cost, t.message,
       t.f0, t.f1, t.f2, t.f3, t.f4, t.f5, t.f6, t.f7, t.f8, t.f9, t.f10, t.f11, t.f12, t.f13, t.f14, t.f15
FROM trials t;

CREATE VIEW best AS
SELECT * FROM (
  SELECT c.run, row_number() OVER (PARTITION BY c.run ORDER BY CASE f.minimize WHEN 1 THEN c.fitness ELSE -c.fitness END,
                                   c.ticket) AS place,
         f.name AS figure, c.fitness, f.unit, c.birth, c.ticket, c.class, c.parent, c.genome_bytes
  FROM candidates c
  JOIN figures f ON f.id = (SELECT min(first.id) FROM figures first
                            WHERE first.id >= c.run << 40 AND first.id < (c.run + 1) << 40 AND first.role < 3)
  WHERE c.status = 'ok' AND c.fitness IS NOT NULL AND c.hit = 0)
WHERE place <= 100;

-- Schema number 3: rows take less room. The seeds of a trial are NULL where they follow from the run's seed, checksums
-- of new rows and the checksum of a trial's genome are the lower halves of XXH3-64, and no index of classes is made at
-- the end of a run.

DROP TABLE trials;

CREATE TABLE trials(
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  birth_lag INTEGER,
  class INTEGER,
  level INTEGER NOT NULL,
  split INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  common_seed INTEGER,
  own_seed INTEGER,
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

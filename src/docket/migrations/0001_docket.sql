-- What is thought of each server, and how that came about. No client's address is ever among it.
-- "entry" and "verdict" are JSON (docket/entry_json.h); the other columns are for choosing rows.
CREATE TABLE servers (
  server VARCHAR(80) NOT NULL PRIMARY KEY,
  state VARCHAR(20) NOT NULL,
  tier VARCHAR(1) NOT NULL,
  entry VARCHAR(1000000) NOT NULL
);
CREATE TABLE changes (
  server VARCHAR(80) NOT NULL REFERENCES servers (server),
  number BIGINT NOT NULL,
  moment BIGINT NOT NULL,
  made_by VARCHAR(200) NOT NULL,
  entry VARCHAR(1000000) NOT NULL,
  PRIMARY KEY (server, number)
);
CREATE TABLE passes (
  window_from BIGINT NOT NULL,
  window_to BIGINT NOT NULL,
  made BIGINT NOT NULL,
  made_by VARCHAR(200) NOT NULL,
  recipe VARCHAR(64) NOT NULL,
  summary VARCHAR(100000) NOT NULL,
  PRIMARY KEY (window_from, window_to)
);

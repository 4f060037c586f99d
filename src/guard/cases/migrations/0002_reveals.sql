-- Requests to reveal pseudonyms. The answer is never stored: it is made when it is shown.
CREATE TABLE reveals (
  number BIGINT NOT NULL PRIMARY KEY,
  case_number BIGINT NOT NULL REFERENCES cases (number),
  purpose VARCHAR(200) NOT NULL,
  reason VARCHAR(4000) NOT NULL,
  asked_by VARCHAR(200) NOT NULL,
  asked BIGINT NOT NULL,
  expires BIGINT NOT NULL,
  moment BIGINT NOT NULL,
  approvals_needed BIGINT NOT NULL,
  shown BIGINT
);
CREATE TABLE reveal_pseudonyms (
  reveal BIGINT NOT NULL REFERENCES reveals (number),
  place BIGINT NOT NULL,
  pseudonym VARCHAR(64) NOT NULL,
  PRIMARY KEY (reveal, place)
);
CREATE TABLE reveal_decisions (
  reveal BIGINT NOT NULL REFERENCES reveals (number),
  person VARCHAR(200) NOT NULL,
  decided BIGINT NOT NULL,
  approves BIGINT NOT NULL,
  reason VARCHAR(4000) NOT NULL,
  PRIMARY KEY (reveal, person)
);

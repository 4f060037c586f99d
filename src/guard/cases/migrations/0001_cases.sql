-- What people investigate: a window, a filter, and whether its data is kept from deletion.
CREATE TABLE cases (
  number BIGINT NOT NULL PRIMARY KEY,
  title VARCHAR(400) NOT NULL,
  opened_by VARCHAR(200) NOT NULL,
  opened BIGINT NOT NULL,
  window_from BIGINT NOT NULL,
  window_to BIGINT NOT NULL,
  filter VARCHAR(100000) NOT NULL,
  hold BIGINT NOT NULL,
  closed_by VARCHAR(200),
  closed BIGINT
);

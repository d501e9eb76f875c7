-- Of an hour's entries, how many were kept on their device for a while before they came in. Hours that were counted before
-- this say none until they are counted again.
ALTER TABLE venue_hour ADD COLUMN late int NOT NULL DEFAULT 0;

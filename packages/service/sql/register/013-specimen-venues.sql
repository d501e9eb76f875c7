-- The venues of canaries: they send entries as any venue does, over the same way and under the same limits, so that somebody
-- notices when it does not work. Nobody came in there, so nothing of them is counted.
ALTER TABLE venue ADD COLUMN specimen boolean NOT NULL DEFAULT false;

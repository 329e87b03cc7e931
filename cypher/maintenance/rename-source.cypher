// Gives what a source has been read to another, which was never read, and forgets the first.
// @param {String} from
// @param {String} to
// @returns renamed 0 where the other has been read meanwhile
// @access WRITE
// @moves evidence
MATCH (old:Source {id: $from})
MERGE (new:Source {id: $to})
WITH old, new
WHERE new.frontier IS NULL
SET
  new.looked = old.looked,
  new.frontier = old.frontier,
  new.begunAt = old.begunAt,
  new.backfillUntil = old.backfillUntil,
  new.staleCutoff = old.staleCutoff,
  new.removeCutoff = old.removeCutoff,
  new.stalePassAt = old.stalePassAt,
  new.lastCompleteWindowEnd = old.lastCompleteWindowEnd,
  new.settleMillis = old.settleMillis,
  new.settleChangedAt = old.settleChangedAt,
  new.dialect = coalesce(new.dialect, old.dialect),
  new.callGroup = coalesce(new.callGroup, old.callGroup),
  new.intervalSeconds = coalesce(new.intervalSeconds, old.intervalSeconds)
DELETE old
RETURN count(*) AS renamed

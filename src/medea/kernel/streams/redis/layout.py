"""How a live stream lies in Redis.

One Redis stream per turn. The ids of its entries are ours, `<attempt>-<number of the last frame in it>`, and
Redis takes only ids that rise. So the last id tells everything: an attempt that has been replaced is silenced, sending
twice is the same as sending once, and a stream whose memory was lost is written again under the ids that
readers know.

    1-0             n: restart notice        the attempt begins
    1-3             f: three payloads        joined by line breaks, which payloads do not have
    1-8             f: five payloads
    1-4294967295    f: nothing               the attempt has ended
"""

from collections.abc import Sequence
from dataclasses import dataclass

END_SEQ = 2**32 - 1

NOTICE, FRAMES = b"n", b"f"

# Begins an attempt, or says how far it has come; then adds frames, if there are any.
#   ARGV: attempt, restart notice, milliseconds to keep, number of payloads, payloads
#   answers {-1, 0}: replaced or ended; {0, 0}: it is new here; {1, seq}: it is there up to this frame
BEGIN = f"""
local mine = tonumber(ARGV[1])
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local attempt, seq = -1, 0
if last then
  local dash = string.find(last[1], '-', 1, true)
  attempt, seq = tonumber(string.sub(last[1], 1, dash - 1)), tonumber(string.sub(last[1], dash + 1))
end
if attempt > mine or (attempt == mine and seq == {END_SEQ}) then return {{-1, 0}} end
if attempt < mine then
  seq = 0
  redis.call('XADD', KEYS[1], string.format('%d-0', mine), 'n', ARGV[2])
  redis.call('XTRIM', KEYS[1], 'MINID', string.format('%d-0', mine))
end
if tonumber(ARGV[4]) > 0 then
  redis.call('XADD', KEYS[1], string.format('%d-%d', mine, seq + tonumber(ARGV[4])), 'f', ARGV[5])
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {{attempt == mine and 1 or 0, seq}}
"""

# Both of these do nothing and answer 0 unless the last entry is the one that the writer knows: the stream may
# have been forgotten, or be another attempt's, even an older one's that wrote it again after it was forgotten.

# Adds frames to any number of streams at once: most of what a token costs here is the sending of a command.
#   KEYS: the streams
#   ARGV, three for each: id of the last entry, id of the new one, payloads
#   answers a list of 1 and 0
ADD = """
local done = {}
for place, name in ipairs(KEYS) do
  local at = 3 * place - 2
  local last = redis.call('XREVRANGE', name, '+', '-', 'COUNT', 1)[1]
  if last and last[1] == ARGV[at] then
    redis.call('XADD', name, ARGV[at + 1], 'f', ARGV[at + 2])
    done[place] = 1
  else
    done[place] = 0
  end
end
return done
"""

# Ends an attempt and lets the stream expire.
#   ARGV: id of the last entry, id of the end, milliseconds to keep
FINISH = """
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not last or last[1] ~= ARGV[1] then return 0 end
redis.call('XADD', KEYS[1], ARGV[2], 'f', '')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""


def join_payloads(payloads: Sequence[bytes]) -> bytes:
    """Return the value of an entry."""
    return b"\n".join(payloads)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry, read.

    Attributes:
        attempt: of the frames in it.
        seq: the last frame in it; 0 begins the attempt, `END_SEQ` ends it.
        notice: of the entry that begins.
        payloads: the frames up to `seq`.
    """

    attempt: int
    seq: int
    notice: bytes
    payloads: list[bytes]

    @property
    def is_end(self) -> bool:
        """Whether the attempt has ended."""
        return self.seq == END_SEQ


def read_entry(entry_id: bytes, fields: Sequence[bytes]) -> Entry:
    """Read what Redis returned: an id, and a name with its value."""
    attempt, _, seq = entry_id.partition(b"-")
    kind, value = fields
    number = int(seq)
    payloads = value.split(b"\n") if kind == FRAMES and number != END_SEQ else []
    return Entry(int(attempt), number, value if kind == NOTICE else b"", payloads)

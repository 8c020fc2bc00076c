"""How a live stream lies in Redis.

One Redis stream per turn. The ids of its entries are ours, `<attempt>-<number of the last frame in it>`, and
Redis takes only ids that rise. So the last id tells everything: an attempt that has been replaced is silenced, sending
twice is the same as sending once, and a stream whose memory was lost is written again under the ids that
readers know.

    1-0             n: restart notice        the attempt begins
    1-3             f: three payloads        joined by line breaks, which payloads do not have
    1-8             f: five payloads
    1-4294967295    f: nothing               the attempt has ended

Each entry is also published, in the channel that has the stream's name, as its id, a line break and its value: so it
comes to those who read without their asking for it.
"""

from collections.abc import Sequence
from typing import NamedTuple

END_SEQ = 2**32 - 1

NOTICE = b"n"

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
  redis.call('PUBLISH', KEYS[1], string.format('%d-0\\n', mine) .. ARGV[2])
end
if tonumber(ARGV[4]) > 0 then
  local new = string.format('%d-%d', mine, seq + tonumber(ARGV[4]))
  redis.call('XADD', KEYS[1], new, 'f', ARGV[5])
  redis.call('PUBLISH', KEYS[1], new .. '\\n' .. ARGV[5])
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
    redis.call('PUBLISH', name, ARGV[at + 1] .. '\\n' .. ARGV[at + 2])
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
redis.call('PUBLISH', KEYS[1], ARGV[2] .. '\\n')
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return 1
"""


def join_payloads(payloads: Sequence[bytes]) -> bytes:
    """Return the value of an entry."""
    return b"\n".join(payloads)


class Entry(NamedTuple):
    """One entry, read. Made for every token or two, so no dataclass.

    Attributes:
        id: as Redis has it.
        attempt: of the frames in it.
        seq: the last frame in it; 0 begins the attempt, `END_SEQ` ends it.
        notice: of the entry that begins.
        payloads: the frames up to `seq`.
    """

    id: bytes
    attempt: int
    seq: int
    notice: bytes
    payloads: list[bytes]

    @property
    def is_end(self) -> bool:
        """Whether the attempt has ended."""
        return self.seq == END_SEQ


def position_of(entry_id: bytes) -> tuple[int, int]:
    """Return attempt and number of the last frame."""
    attempt, _, seq = entry_id.partition(b"-")
    return int(attempt), int(seq)


def read_entry(entry_id: bytes, fields: Sequence[bytes]) -> Entry:
    """Read what Redis returned: an id, and a name with its value."""
    kind, value = fields
    return _entry(entry_id, value, is_notice=kind == NOTICE)


def read_published(message: bytes) -> Entry:
    """Read what was published of an entry."""
    entry_id, _, value = message.partition(b"\n")
    return _entry(entry_id, value, is_notice=entry_id.endswith(b"-0"))


def _entry(entry_id: bytes, value: bytes, *, is_notice: bool) -> Entry:
    attempt, seq = position_of(entry_id)
    payloads = [] if is_notice or seq == END_SEQ else value.split(b"\n")
    return Entry(entry_id, attempt, seq, value if is_notice else b"", payloads)

"""The connection for what is asked of Redis all the time, against a real Redis."""

import asyncio

import pytest
from redis.exceptions import ConnectionError as RedisAway
from redis.exceptions import ResponseError
from redis.exceptions import TimeoutError as RedisSlow

from medea.kernel.redis.server import RedisServer
from medea.kernel.redis.wire import RedisWire
from tests.support.redis import OwnRedis

pytestmark = pytest.mark.services


def _wire(url: str, seconds: float = 2.0) -> RedisWire:
    return RedisWire(url, seconds=seconds, connect_seconds=1.0)


async def test_many_ask_at_once_and_each_gets_its_own_answer(redis_server: RedisServer) -> None:
    answers = await asyncio.gather(*(redis_server.wire.ask("ECHO", str(number)) for number in range(500)))
    assert answers == [str(number).encode() for number in range(500)]


async def test_answers_that_come_in_pieces_are_put_together(redis_server: RedisServer) -> None:
    long = b"x" * 3_000_000
    assert await redis_server.wire.ask_all([("ECHO", long), ("ECHO", b"y"), ("ECHO", long)]) == [long, b"y", long]


async def test_a_refusal_is_its_own_command_s_alone(redis_server: RedisServer) -> None:
    name = redis_server.key("refused")
    text, fault, one = await redis_server.wire.ask_all([("SET", name, "a"), ("INCR", name), ("EXISTS", name)])
    assert (text, one) == (b"OK", 1)
    assert isinstance(fault, ResponseError)
    with pytest.raises(ResponseError, match="integer"):
        await redis_server.wire.ask("INCR", name)


async def test_whoever_stops_waiting_takes_no_answer_of_another(redis_server: RedisServer) -> None:
    wire = _wire(redis_server.url, 5)
    waiting = asyncio.create_task(wire.ask("BLPOP", redis_server.key("never"), "0.2"))
    await asyncio.sleep(0.05)
    next_one = asyncio.create_task(wire.ask("ECHO", "mine"))
    await asyncio.sleep(0)
    waiting.cancel()
    assert await next_one == b"mine"
    await wire.close()


async def test_a_redis_that_hangs_is_given_up_and_then_found_again(own_redis: OwnRedis) -> None:
    wire = _wire(own_redis.url, 0.3)
    assert await wire.ask("PING") == b"PONG"
    own_redis.hang()
    results = await asyncio.gather(*(wire.ask("PING") for _ in range(5)), return_exceptions=True)
    assert [type(result) for result in results] == [TimeoutError] * 5
    own_redis.go_on()
    assert await wire.ask("ECHO", "back") == b"back"
    await wire.close()


async def test_a_redis_that_died_is_told_and_then_found_again(own_redis: OwnRedis) -> None:
    wire = _wire(own_redis.url)
    await wire.ask("PING")
    waiting = asyncio.create_task(wire.ask("BLPOP", "never", 0))
    await asyncio.sleep(0.1)
    await own_redis.kill()
    with pytest.raises(RedisAway, match="broke"):
        await waiting
    with pytest.raises(RedisAway):
        await wire.ask("PING")
    await own_redis.start()
    assert await wire.ask("PING") == b"PONG"
    await wire.close()
    with pytest.raises(RedisAway, match="hung up"):
        await wire.ask("PING")


async def test_whoever_stops_waiting_for_a_connection_leaves_none_open(own_redis: OwnRedis) -> None:
    wire = _wire(own_redis.url)
    own_redis.hang()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await wire.ask("PING")
    own_redis.go_on()
    assert await wire.ask("PING") == b"PONG"
    listed = (await wire.ask("CLIENT", "LIST")).splitlines()
    assert len([line for line in listed if b"cmd=client" in line]) == 1
    await wire.close()


async def test_all_who_wait_for_a_connection_wait_once(own_redis: OwnRedis) -> None:
    wire = RedisWire(own_redis.url, seconds=0.3, connect_seconds=0.3)
    own_redis.hang()
    loop = asyncio.get_running_loop()
    began = loop.time()
    results = await asyncio.gather(*(wire.ask("PING") for _ in range(400)), return_exceptions=True)
    assert all(isinstance(result, (RedisAway, RedisSlow, TimeoutError)) for result in results)
    assert loop.time() - began < 60, "four hundred times 0.3 s would be a hundred and twenty"
    own_redis.go_on()
    assert await wire.ask("PING") == b"PONG"
    await wire.close()


async def test_password_and_database_of_the_address_are_used(own_redis: OwnRedis) -> None:
    first = _wire(own_redis.url)
    await first.ask("CONFIG", "SET", "requirepass", "a password")
    second = _wire(own_redis.url.replace("//", "//:a%20password@").replace("/0", "/3"))
    await second.ask("SET", "here", "3")
    assert await first.ask("EXISTS", "here") == 0
    with pytest.raises(RedisAway, match=r"(?i)auth"):
        await _wire(own_redis.url).ask("PING")
    await first.close()
    await second.close()

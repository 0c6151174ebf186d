"""Programs for explain.test.ts that do one thing wrong, or that stand between two ends and spoil what passes.

explain-peers.py NAME [argument ...]; addresses are those of explain-captures.sh.
"""
import os
import select
import socket
import struct
import sys
import threading
import time

SERVER = ("10.77.0.2", 4000)
CLIENT = ("10.77.0.1", 5000)


def listen(rcvbuf=None, port=SERVER[1]):
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if rcvbuf:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    listener.bind((SERVER[0], port))
    listener.listen(16)
    print("ready", flush=True)
    return listener


def accept(**options):
    return listen(**options).accept()[0]


def connect(source=None, **options):
    end = socket.socket()
    for name, value in options.items():
        end.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if source:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        end.bind(source)
    end.connect(SERVER)
    return end


def read_all(end):
    total = 0
    while True:
        data = end.recv(65536)
        if not data:
            return total
        total += len(data)


# --- Servers


def sink(seconds="0", rcvbuf="0"):
    """Reads everything, beginning late."""
    end = accept(rcvbuf=int(rcvbuf))
    time.sleep(float(seconds))
    read_all(end)
    end.close()


def source(size):
    """Sends so many bytes to each caller, and closes."""
    listener = listen()
    while True:
        end = listener.accept()[0]
        end.sendall(b"x" * int(size))
        end.shutdown(socket.SHUT_WR)
        read_all(end)
        end.close()


def trickles(count, size, pause):
    """Sends a piece after each pause."""
    end = accept()
    for _ in range(int(count)):
        end.sendall(b"x" * int(size))
        print("sending", flush=True)
        time.sleep(float(pause))
    end.close()


def accepts_never():
    listener = socket.socket()
    listener.bind(SERVER)
    listener.listen(0)
    print("ready", flush=True)
    time.sleep(20)


def http_stops():
    """Announces more than it sends."""
    end = accept(port=80)
    end.recv(65536)
    end.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 30000)
    end.close()


def echo():
    listener = listen()
    while True:
        end = listener.accept()[0]
        threading.Thread(target=echo_one, args=(end,)).start()


def echo_one(end):
    try:
        while data := end.recv(65536):
            end.sendall(data)
    except OSError:
        pass
    end.close()


def answer_whole(length):
    """Answers each message of so many bytes, once all of it is there."""
    end = accept()
    while True:
        got = b""
        while len(got) < int(length):
            data = end.recv(65536)
            if not data:
                return
            got += data
        end.sendall(b"answer")


def closes_unread():
    end = accept()
    time.sleep(0.2)
    end.close()


def lingers_not():
    end = accept()
    end.recv(100)
    end.sendall(b"hello")
    time.sleep(0.2)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()


def closes_early():
    """Says goodbye, and wants nothing more, while the other still speaks."""
    end = accept()
    end.recv(100)
    end.close()


def slow_http(seconds="1.3", status="200 OK"):
    end = accept(port=80)
    end.recv(65536)
    time.sleep(float(seconds))
    end.sendall(f"HTTP/1.1 {status}\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello".encode())
    end.shutdown(socket.SHUT_WR)
    read_all(end)
    end.close()


def websocket_server():
    import asyncio
    import websockets

    async def handler(end):
        async for message in end:
            if message == "break":
                raise RuntimeError("broken on purpose")
            await end.send(message)

    async def main():
        async with websockets.serve(handler, SERVER[0], SERVER[1]):
            print("ready", flush=True)
            await asyncio.sleep(20)

    asyncio.run(main())


# --- Clients


def websocket_client(*messages):
    import asyncio
    import websockets

    async def main():
        async with websockets.connect(f"ws://{SERVER[0]}:{SERVER[1]}/chat") as end:
            for message in messages:
                await end.send(message)
                try:
                    await end.recv()
                except websockets.ConnectionClosed:
                    return

    asyncio.run(main())


def sends(size, wait="0"):
    end = connect()
    end.settimeout(float(wait) or None)
    try:
        end.sendall(b"x" * int(size))
        end.shutdown(socket.SHUT_WR)
        read_all(end)
    except OSError:
        pass
    # Ending the process would end the tries of the kernel only later: it goes on by itself.


def talks(count, size, pause):
    """Sends and waits for the echo, so many times."""
    end = connect(TCP_NODELAY=1)
    end.settimeout(6)
    try:
        for _ in range(int(count)):
            end.sendall(b"y" * int(size))
            got = 0
            while got < int(size):
                got += len(end.recv(65536))
            time.sleep(float(pause))
    except OSError:
        pass
    end.close()


def receives(wait="20"):
    end = connect()
    end.settimeout(float(wait))
    try:
        read_all(end)
    except OSError:
        pass
    end.close()


def writes_twice(count):
    """A header and a body in two writes, then waits: what Nagle's algorithm is bad for."""
    end = connect()
    for _ in range(int(count)):
        end.sendall(b"h" * 20)
        end.sendall(b"b" * 80)
        end.recv(100)
    end.close()


def keeps_alive():
    end = connect(TCP_KEEPIDLE=1, TCP_KEEPINTVL=1, TCP_KEEPCNT=4)
    end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    end.sendall(b"hello")
    end.recv(10)
    end.settimeout(7)
    print("connected", flush=True)
    try:
        end.recv(10)
    except OSError:
        pass


def calls_twice():
    """The second call from the same port comes when the other end has not heard of the first one's end."""
    end = connect(source=CLIENT)
    end.sendall(b"hello")
    end.recv(10)
    print("connected", flush=True)
    sys.stdin.readline()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    end.close()
    print("closed", flush=True)
    sys.stdin.readline()
    end = connect(source=CLIENT)
    end.sendall(b"again")
    end.recv(10)
    end.close()


def talks_after_close():
    end = connect()
    end.sendall(b"hello")
    time.sleep(0.2)
    try:
        for _ in range(3):
            end.sendall(b"more" * 100)
            time.sleep(0.1)
    except OSError:
        pass
    end.close()


def calls_often(count, wait):
    ends = []
    for _ in range(int(count)):
        end = socket.socket()
        end.setblocking(False)
        end.connect_ex(SERVER)
        ends.append(end)
        time.sleep(0.1)
    time.sleep(float(wait))


def opens_at_once(own, port, other, other_port, when):
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    end.bind((own, int(port)))
    time.sleep(max(0, float(when) - time.time()))
    end.connect((other, int(other_port)))
    end.sendall(b"hello")
    end.recv(10)
    time.sleep(0.2)
    end.close()


# --- A wire that spoils what passes


class Frame:
    """A frame with a TCP segment in it, and what rules ask about it."""

    def __init__(self, data, src, counts):
        self.data, self.src = data, src
        ihl = (data[14] & 15) * 4
        self.size = struct.unpack("!H", data[16:18])[0]
        self.tcp = 14 + ihl
        self.seq, self.ack = struct.unpack("!II", data[self.tcp + 4 : self.tcp + 12])
        self.flags = data[self.tcp + 13]
        self.length = self.size - ihl - (data[self.tcp + 12] >> 4) * 4
        self.syn, self.fin, self.rst = self.flags & 2, self.flags & 1, self.flags & 4
        if self.length > 0:
            counts[src] += 1
        self.n = counts[src] if self.length > 0 else 0
        key = (src, self.seq, self.length, self.flags & 7)
        self.again = (self.length > 0 or self.flags & 7 != 0) and key in counts["seen"]
        counts["seen"].add(key)


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def forged_reset(frame, ttl, offset=0):
    """A RST as if the sender of `frame` had sent it, behind it."""
    eth, ip = frame.data[:14], bytearray(frame.data[14:34])
    ip[2:4] = struct.pack("!H", 40)
    ip[4:6] = struct.pack("!H", 4242)
    ip[8] = ttl
    ip[10:12] = b"\0\0"
    ip[10:12] = struct.pack("!H", checksum(bytes(ip)))
    ports = frame.data[frame.tcp : frame.tcp + 4]
    seq = (frame.seq + frame.length + offset) & 0xFFFFFFFF
    tcp = ports + struct.pack("!IIBBHHH", seq, frame.ack, 5 << 4, 20, 0, 0, 0)
    pseudo = bytes(ip[12:20]) + struct.pack("!BBH", 0, 6, 20)
    tcp = tcp[:16] + struct.pack("!H", checksum(pseudo + tcp)) + tcp[18:]
    return eth + bytes(ip) + tcp


def wire(*args):
    """Frames pass between the interfaces c and s. delay=SECONDS, and rules over `p`, a Frame: drop=, hold=, twice=, corrupt=, reset=.

    hold=: let two others pass first, or with pause=SECONDS wait so long, and all behind it.
    """
    options = dict(arg.split("=", 1) for arg in args)
    rules = {name: compile(options[name], name, "eval") for name in ("drop", "hold", "twice", "corrupt", "reset") if name in options}
    delay = float(options.get("delay", 0))
    pause = float(options.get("pause", 0))
    ttl, offset = int(options.get("ttl", 64)), int(options.get("offset", 0))
    ends = {}
    for name in ("c", "s"):
        ends[name] = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        ends[name].bind((name, 0))
    other = {"c": "s", "s": "c"}
    counts = {"c": 0, "s": 0, "seen": set()}
    queue, held = [], []
    began = None
    blocked = 0
    print("ready", flush=True)
    while True:
        now = time.monotonic()
        while queue and queue[0][0] <= now:
            _, to, data = queue.pop(0)
            ends[to].send(data)
        wait = max(0, queue[0][0] - time.monotonic()) if queue else 1
        for end in select.select(list(ends.values()), [], [], wait)[0]:
            data, address = end.recvfrom(70000)
            if address[2] == socket.PACKET_OUTGOING:
                continue
            name = address[0]
            due = max(time.monotonic() + delay, blocked)
            to = other[name]
            if data[12:14] != b"\x08\x00" or data[23] != 6:
                queue.append((due, to, data))
                continue
            p = Frame(data, name, counts)
            # `t` counts from the first segment on.
            began = began or time.monotonic()
            scope = {"p": p, "t": time.monotonic() - began}
            says = {rule: bool(eval(code, scope)) for rule, code in rules.items()}
            if says.get("drop"):
                continue
            if says.get("corrupt"):
                spoiled = bytearray(data)
                spoiled[-1] ^= 0x55
                data = bytes(spoiled)
            if says.get("hold"):
                if pause:
                    due = blocked = time.monotonic() + pause
                else:
                    held.append([3, to, data])
                    continue
            queue.append((due, to, data))
            if says.get("twice"):
                queue.append((due, to, data))
            if says.get("reset"):
                queue.append((due, to, forged_reset(p, ttl, offset)))
            for late in list(held):
                if late[1] == to:
                    late[0] -= 1
                if late[0] == 0:
                    held.remove(late)
                    queue.append((due, late[1], late[2]))
            queue.sort(key=lambda each: each[0])


globals()[sys.argv[1]](*sys.argv[2:])

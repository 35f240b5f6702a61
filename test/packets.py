"""A connection of PyMySQL's, whose packets we make: drivers do what PyMySQL does not."""
import struct

PREPARE, EXECUTE, RESET, FETCH = 0x16, 0x17, 0x1A, 0x1C
DEPRECATE_EOF = 1 << 24


class PacketClient:
    def __init__(self, connection, deprecate_eof=False):
        self.connection, self.deprecate_eof = connection, deprecate_eof

    def packet(self):
        head = self.connection._read_bytes(4)
        return self.connection._read_bytes(head[0] | head[1] << 8 | head[2] << 16)

    def send(self, command, *parts):
        payload = bytes([command]) + b"".join(parts)
        self.connection._sock.sendall(struct.pack("<I", len(payload))[:3] + b"\0" + payload)

    def skip_columns(self, count):
        for _ in range(count + (0 if self.deprecate_eof or count == 0 else 1)):
            self.packet()

    def prepare(self, sql):
        """The statement's number, or the error's packet."""
        self.send(PREPARE, sql.encode(self.connection.encoding))
        answer = self.packet()
        if answer[0] == 0xFF:
            return answer
        statement, columns, parameters = struct.unpack("<IHH", answer[1:9])
        self.skip_columns(parameters)
        self.skip_columns(columns)
        return statement

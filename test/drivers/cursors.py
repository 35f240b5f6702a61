"""What a driver with useCursorFetch does, packet by packet: PyMySQL has no cursors on the server."""
import struct

from packets import EXECUTE, FETCH, RESET, PacketClient


class CursorClient(PacketClient):
    def result(self):
        """Rows until the end, and the end's status flags; or the error's number."""
        rows = []
        while True:
            packet = self.packet()
            if packet[0] == 0xFF:
                return struct.unpack("<H", packet[1:3])[0]
            if packet[0] == 0xFE and len(packet) < 9:
                # An EOF packet has its warnings before its flags, an OK packet two lengths.
                return rows, struct.unpack("<H", packet[3:5])[0]
            rows.append(packet)

    def execute(self, statement, cursor=True):
        """What comes before the first end: the columns of a cursor, or rows. Columns are told by their number."""
        self.send(EXECUTE, struct.pack("<IBI", statement, 1 if cursor else 0, 1))
        answer = self.result()
        if isinstance(answer, int):
            return answer
        packets, flags = answer
        return len(packets), flags

    def fetch(self, statement, count):
        self.send(FETCH, struct.pack("<II", statement, count))
        return self.result()

    def reset(self, statement):
        self.send(RESET, struct.pack("<I", statement))
        return self.packet()[0]


def scenario(client, sql):
    """A list of all that was answered."""
    statement = client.prepare(sql)
    said = [client.execute(statement)]
    said += [client.fetch(statement, count) for count in (2, 2, 1, 1, 1)]
    said += [client.execute(statement), client.fetch(statement, 3), client.reset(statement), client.fetch(statement, 3)]
    said += [client.execute(statement), client.fetch(statement, 2)]
    other = client.prepare(sql.replace("order by", "and 1 = 0 order by"))
    said += [client.execute(other), client.fetch(other, 10), client.fetch(statement, 100), client.fetch(4711, 1)]
    return said

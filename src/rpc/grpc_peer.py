"""A peer of gRPC's own making for grpc_peer_test.cc. Messages are raw bytes here; both sides agree on them.

  grpc_peer.py server PORTS_FILE CERT KEY    serves until killed; writes "plain tls" ports
  grpc_peer.py client TARGET [CA]            checks our server; exits 0 when all is well
"""
import os
import sys
import threading
from concurrent import futures

import grpc

OPTIONS = [('grpc.max_receive_message_length', 12 << 20), ('grpc.max_send_message_length', -1)]


def text(value):
    """A protobuf message whose field 1 is this string."""
    if not value:
        return b''
    size, head = len(value), b'\x0a'
    while size > 127:
        head += bytes([size & 127 | 128])
        size >>= 7
    return head + bytes([size]) + value


class Handlers(grpc.GenericRpcHandler):
    """What our client is tested against."""

    def service(self, details):
        name = details.method.rsplit('/', 1)[1]
        if name == 'Echo':
            return grpc.unary_unary_rpc_method_handler(self.echo)
        if name == 'Fail':
            return grpc.unary_unary_rpc_method_handler(self.fail)
        if name == 'Hang':
            return grpc.unary_unary_rpc_method_handler(self.hang)
        if name == 'Flood':
            return grpc.unary_stream_rpc_method_handler(self.flood)
        if name == 'Bidi':
            return grpc.stream_stream_rpc_method_handler(lambda requests, context: requests)
        if name == 'Count':
            return grpc.stream_unary_rpc_method_handler(
                lambda requests, context: text(str(sum(1 for _ in requests)).encode()))
        return None

    def echo(self, request, context):
        context.send_initial_metadata((('x-head', 'h'),))
        context.set_trailing_metadata([(k, v) for k, v in context.invocation_metadata() if k.startswith('x-')])
        return request

    def fail(self, request, context):
        context.abort(grpc.StatusCode.ALREADY_EXISTS, 'Duplicate \u00e9% (errno 1062) (sqlstate 23000)')

    def hang(self, request, context):
        gone = threading.Event()
        context.add_callback(gone.set)
        gone.wait(20)
        return b''

    def flood(self, request, context):
        block = text(b'b' * 10000)
        for _ in range(2000):
            yield block


def serve(ports_file, cert, key):
    server = grpc.server(futures.ThreadPoolExecutor(8), options=OPTIONS)
    server.add_generic_rpc_handlers((Handlers(),))
    plain = server.add_insecure_port('127.0.0.1:0')
    credentials = grpc.ssl_server_credentials([(open(key, 'rb').read(), open(cert, 'rb').read())])
    secure = server.add_secure_port('127.0.0.1:0', credentials)
    server.start()
    with open(ports_file + '.tmp', 'w') as out:
        out.write('%d %d\n' % (plain, secure))
    os.rename(ports_file + '.tmp', ports_file)
    server.wait_for_termination()


def check(target, ca):
    if ca:
        credentials = grpc.ssl_channel_credentials(open(ca, 'rb').read())
        options = OPTIONS + [('grpc.ssl_target_name_override', 'localhost')]
        channel = grpc.secure_channel(target, credentials, options=options)
    else:
        channel = grpc.insecure_channel(target, options=OPTIONS)

    echo = channel.unary_unary('/test.T/Echo')
    for size in (0, 5, 100000, 10 << 20):
        assert echo(text(b'x' * size), timeout=20) == text(b'x' * size), size
    metadata = (('x-a', 'b c'), ('x-raw-bin', b'\x00\xff'))
    _, call = echo.with_call(text(b''), metadata=metadata, timeout=20)
    assert ('x-head', 'h') in call.initial_metadata(), call.initial_metadata()
    for pair in metadata:
        assert pair in call.trailing_metadata(), call.trailing_metadata()

    def fails(call, code, details):
        try:
            call()
        except grpc.RpcError as error:
            assert error.code() == code, error
            assert details in error.details(), error
            return
        raise AssertionError('should have failed: %s' % details)

    fail = channel.unary_unary('/test.T/Fail')
    fails(lambda: fail(text(b''), timeout=20), grpc.StatusCode.ALREADY_EXISTS,
          'Duplicate \u00e9\n% (errno 1062) (sqlstate 23000)')
    fails(lambda: fail(text(b'long'), timeout=20), grpc.StatusCode.INTERNAL, 'truncated because gRPC')
    fails(lambda: channel.unary_unary('/test.T/Nope')(b'', timeout=20), grpc.StatusCode.UNIMPLEMENTED, 'unknown method')
    fails(lambda: echo(text(b'x' * (13 << 20)), timeout=20), grpc.StatusCode.RESOURCE_EXHAUSTED, 'larger than max')
    hang = channel.unary_unary('/test.T/Hang')
    fails(lambda: hang(text(b''), timeout=0.1), grpc.StatusCode.DEADLINE_EXCEEDED, '')
    future = hang.future(text(b''), timeout=20)
    future.cancel()

    assert sum(1 for _ in channel.unary_stream('/test.T/Flood')(text(b''), timeout=60)) == 2000
    sent = [text(str(i).encode()) for i in range(200)]
    assert list(channel.stream_stream('/test.T/Bidi')(iter(sent), timeout=20)) == sent
    assert channel.stream_unary('/test.T/Count')(iter(sent), timeout=20) == text(b'200')
    calls = [echo.future(text(str(i).encode()), timeout=20) for i in range(500)]
    assert [c.result() for c in calls] == [text(str(i).encode()) for i in range(500)]
    health = channel.unary_unary('/grpc.health.v1.Health/Check')
    assert health(b'', timeout=20) == b'\x08\x01'
    channel.close()
    print('all is well')


if sys.argv[1] == 'server':
    serve(*sys.argv[2:5])
else:
    check(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)

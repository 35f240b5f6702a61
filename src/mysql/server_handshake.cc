#include "mysql/server_handshake.h"

#include "mysql/error_codes.h"

namespace vif::mysql {
namespace {

// Connection attributes are the only part of a response that may be long; MySQL cuts them at 64
// KiB.
constexpr size_t kResponseMax = 128 * 1024;
constexpr uint32_t kAlwaysOffered =
    cap::kLongPassword | cap::kFoundRows | cap::kLongFlag | cap::kConnectWithDb |
    cap::kIgnoreSpace | cap::kProtocol41 | cap::kInteractive | cap::kTransactions |
    cap::kSecureConnection | cap::kMultiStatements | cap::kMultiResults | cap::kPsMultiResults |
    cap::kPluginAuth | cap::kPluginAuthLenencData | cap::kConnectAttrs | cap::kDeprecateEof |
    cap::kSessionTrack | cap::kQueryAttributes;

Error bad_handshake() { return mysql_error(er::kHandshakeError, "Bad handshake"); }

void parse_attributes(ByteReader& reader, LoginRequest& request) {
  ByteReader block(read_lenenc_string(reader));
  while (block.ok() && !block.at_end()) {
    std::string name(read_lenenc_string(block));
    std::string value(read_lenenc_string(block));
    if (block.ok()) request.attributes.emplace_back(std::move(name), std::move(value));
  }
}

bool is_known(std::string_view plugin, const AuthServer& auth) {
  return (plugin == kNativePassword && auth.allows_native()) ||
         (plugin == kCachingSha2Password && auth.allows_sha2());
}

}  // namespace

Result<LoginRequest> parse_handshake_response(std::string_view payload) {
  ByteReader reader(payload);
  LoginRequest request;
  request.capabilities = reader.u32();
  if ((request.capabilities & cap::kProtocol41) == 0) return bad_handshake();
  request.packet_max = reader.u32();
  request.charset = reader.u8();
  reader.skip(23);
  request.user = reader.until_nul();
  if (request.capabilities & cap::kPluginAuthLenencData) {
    request.response = read_lenenc_string(reader);
  } else if (request.capabilities & cap::kSecureConnection) {
    request.response = reader.take(reader.u8());
  } else {
    request.response = reader.until_nul();
  }
  if (request.capabilities & cap::kConnectWithDb && !reader.at_end())
    request.database = reader.until_nul();
  if (request.capabilities & cap::kPluginAuth && !reader.at_end())
    request.plugin = reader.until_nul();
  if (!reader.ok()) return bad_handshake();
  if (request.capabilities & cap::kConnectAttrs && !reader.at_end())
    parse_attributes(reader, request);
  if (request.capabilities & cap::kZstdCompression && !reader.at_end())
    request.zstd_level = reader.u8();
  return request;
}

Result<LoginRequest> parse_change_user(std::string_view payload, uint32_t capabilities) {
  ByteReader reader(payload);
  LoginRequest request;
  request.capabilities = capabilities;
  request.user = reader.until_nul();
  request.response =
      capabilities & cap::kSecureConnection ? reader.take(reader.u8()) : reader.until_nul();
  request.database = reader.until_nul();
  if (!reader.ok()) return mysql_error(er::kMalformedPacket, "Malformed communication packet.");
  if (!reader.at_end()) request.charset = reader.u16();
  if (capabilities & cap::kPluginAuth && !reader.at_end()) request.plugin = reader.until_nul();
  if (capabilities & cap::kConnectAttrs && !reader.at_end()) parse_attributes(reader, request);
  return request;
}

uint32_t Handshake::offered() const {
  const ServerOptions& options = connection_.options();
  uint32_t capabilities = kAlwaysOffered;
  if (options.tls) capabilities |= cap::kSsl;
  if (options.compression) capabilities |= cap::kCompress | cap::kZstdCompression;
  return capabilities;
}

Error Handshake::denied(std::string_view user) const {
  return mysql_error(er::kAccessDeniedError, fmt::format("Access denied for user '{}'", user));
}

Result<std::string_view> Handshake::read_packet() {
  return connection_.wire_.read_packet(kResponseMax, deadline_);
}

Status Handshake::send_greeting() {
  const ServerOptions& options = connection_.options();
  salt_ = new_salt();
  const uint32_t capabilities = offered();
  std::string greeting;
  greeting.push_back('\x0a');
  greeting.append(options.version).push_back('\0');
  append_fixed(greeting, connection_.id(), 4);
  greeting.append(salt_, 0, 8).push_back('\0');
  append_fixed(greeting, capabilities & 0xffff, 2);
  greeting.push_back(static_cast<char>(options.charset));
  append_fixed(greeting, status::kAutocommit, 2);
  append_fixed(greeting, capabilities >> 16, 2);
  greeting.push_back(static_cast<char>(kSaltSize + 1));
  greeting.append(10, '\0');
  greeting.append(salt_, 8, kSaltSize - 8).push_back('\0');
  greeting.append(options.auth->default_plugin()).push_back('\0');
  connection_.wire_.write_packet(greeting);
  return connection_.wire_.flush(deadline_);
}

Status Handshake::upgrade_to_tls() {
  std::string already_read;
  auto plain = connection_.wire_.take_stream(already_read);
  auto secured =
      rt::tls_accept(std::move(plain), connection_.options().tls, deadline_, already_read);
  if (!secured.ok()) {
    connection_.wire_.set_broken();
    return secured.error();
  }
  connection_.wire_.set_stream(std::move(*secured));
  return {};
}

Status Handshake::connect() {
  VIF_TRY(send_greeting());
  std::string_view packet = VIF_TRY(read_packet());
  constexpr size_t kSslRequestSize = 32;
  if (connection_.options().tls && packet.size() == kSslRequestSize &&
      (ByteReader(packet).u32() & cap::kSsl) != 0) {
    VIF_TRY(upgrade_to_tls());
    packet = VIF_TRY(read_packet());
  }
  LoginRequest request = VIF_TRY(parse_handshake_response(packet));
  connection_.capabilities_ = request.capabilities & offered();
  if (connection_.options().require_secure_transport && !connection_.peer().secure()) {
    return mysql_error(
        er::kSecureTransportRequired,
        "Connections using insecure transport are prohibited while --require_secure_transport=ON.");
  }
  const Compression compression = connection_.has(cap::kCompress)          ? Compression::kZlib
                                  : connection_.has(cap::kZstdCompression) ? Compression::kZstd
                                                                           : Compression::kNone;
  const int level = request.zstd_level;
  VIF_TRY(authenticate(request));
  VIF_TRY(finish(std::move(request)));
  VIF_TRY(connection_.flush());
  connection_.wire_.set_compression(compression, level);
  return {};
}

Status Handshake::change_user(std::string_view payload) {
  LoginRequest request = VIF_TRY(parse_change_user(payload, connection_.capabilities()));
  // The salt of the greeting is long gone; a switch to the same plugin brings a new one.
  const AuthServer& auth = *connection_.options().auth;
  VIF_TRY(switch_plugin(request,
                        is_known(request.plugin, auth) ? request.plugin : auth.default_plugin()));
  VIF_TRY(authenticate(request));
  return finish(std::move(request));
}

Status Handshake::finish(LoginRequest request) {
  Login& login = *connection_.login_;
  login.user = std::move(request.user);
  login.database = std::move(request.database);
  login.charset = request.charset;
  login.attributes = std::move(request.attributes);
  VIF_TRY(connection_.handler_.on_login(connection_));
  ResultEnd end;
  end.status = status::kAutocommit;
  return connection_.write_ok(end);
}

Status Handshake::switch_plugin(LoginRequest& request, std::string_view plugin) {
  if ((connection_.capabilities() & cap::kPluginAuth) == 0) {
    return mysql_error(
        er::kNotSupportedAuthMode,
        "Client does not support authentication protocol requested by server; consider "
        "upgrading MySQL client");
  }
  salt_ = new_salt();
  std::string packet;
  packet.push_back(static_cast<char>(kEofHeader));
  packet.append(plugin).push_back('\0');
  packet.append(salt_).push_back('\0');
  request.plugin = plugin;
  connection_.wire_.write_packet(packet);
  VIF_TRY(connection_.wire_.flush(deadline_));
  request.response = VIF_TRY(read_packet());
  return {};
}

Status Handshake::authenticate(LoginRequest& request) {
  AuthServer& auth = *connection_.options().auth;
  const AuthPeer peer = connection_.peer();
  Identity identity;
  if (request.plugin.empty() && !(request.capabilities & cap::kPluginAuth))
    request.plugin = kNativePassword;
  if (request.plugin == kClearPassword && peer.secure()) {
    const std::string_view password =
        std::string_view(request.response).substr(0, request.response.find('\0'));
    if (auth.check_password(request.user, password, peer, identity) != AuthAnswer::kAccepted) {
      return denied(request.user);
    }
    connection_.login_->identity = std::move(identity);
    return {};
  }
  if (!is_known(request.plugin, auth)) VIF_TRY(switch_plugin(request, auth.default_plugin()));

  // At most one more switch: to the plugin that can tell.
  for (bool switched = false;; switched = true) {
    if (request.response == std::string_view("\0", 1)) request.response.clear();
    const bool sha2 = request.plugin == kCachingSha2Password;
    const AuthAnswer answer =
        sha2 ? auth.check_sha2(request.user, salt_, request.response, peer, identity)
             : auth.check_native(request.user, salt_, request.response, peer, identity);
    if (answer == AuthAnswer::kRejected) return denied(request.user);
    if (answer == AuthAnswer::kAccepted) {
      if (sha2 && !request.response.empty()) connection_.wire_.write_packet("\x01\x03");
      break;
    }
    if (sha2 && (peer.secure() || connection_.options().rsa != nullptr)) {
      VIF_TRY(full_sha2(request, identity));
      break;
    }
    const std::string_view other = sha2 ? kNativePassword : kCachingSha2Password;
    if (switched || !is_known(other, auth)) return denied(request.user);
    VIF_TRY(switch_plugin(request, other));
  }
  connection_.login_->identity = std::move(identity);
  return {};
}

Status Handshake::full_sha2(const LoginRequest& request, Identity& identity) {
  constexpr std::string_view kFullAuthentication = "\x01\x04";
  constexpr std::string_view kWantsPublicKey = "\x02";
  connection_.wire_.write_packet(kFullAuthentication);
  VIF_TRY(connection_.wire_.flush(deadline_));
  std::string_view packet = VIF_TRY(read_packet());
  const AuthPeer peer = connection_.peer();
  std::string password;
  if (peer.secure()) {
    password = packet.substr(0, packet.find('\0'));
  } else {
    const RsaKey& rsa = *connection_.options().rsa;
    if (packet == kWantsPublicKey) {
      connection_.wire_.write_packet('\x01' + rsa.public_pem());
      VIF_TRY(connection_.wire_.flush(deadline_));
      packet = VIF_TRY(read_packet());
    }
    auto decrypted = rsa.decrypt_password(packet, salt_);
    if (!decrypted.ok()) return denied(request.user);
    password = std::move(*decrypted);
  }
  const AuthAnswer answer =
      connection_.options().auth->check_password(request.user, password, peer, identity);
  return answer == AuthAnswer::kAccepted ? Status() : denied(request.user);
}

}  // namespace vif::mysql

#include "mysql/client_handshake.h"

#include "mysql/auth.h"
#include "mysql/error_codes.h"

namespace vif::mysql {
namespace {

constexpr size_t kPacketMax = 64 * 1024;
constexpr uint32_t kAlwaysWanted = cap::kLongFlag | cap::kProtocol41 | cap::kTransactions |
                                   cap::kSecureConnection | cap::kMultiResults |
                                   cap::kPsMultiResults | cap::kPluginAuth |
                                   cap::kPluginAuthLenencData | cap::kDeprecateEof;
constexpr std::string_view kMariaDbPrefix = "5.5.5-";

Error malformed(std::string_view what) {
  return Error(Code::kUnavailable, cr::kServerHandshakeError, "HY000",
               fmt::format("Malformed handshake: {}", what));
}

}  // namespace

Result<Greeting> parse_greeting(std::string_view payload) {
  ByteReader reader(payload);
  Greeting greeting;
  if (reader.u8() != 10) return malformed("not protocol version 10");
  greeting.version = reader.until_nul();
  greeting.thread_id = reader.u32();
  greeting.salt = reader.take(8);
  reader.skip(1);
  greeting.capabilities = reader.u16();
  reader.skip(1);
  greeting.status = reader.u16();
  greeting.capabilities |= static_cast<uint32_t>(reader.u16()) << 16;
  const uint8_t salt_size = reader.u8();
  reader.skip(10);
  if (!reader.ok()) return malformed("greeting is too short");
  const size_t rest = std::max<size_t>(13, salt_size > 8 ? salt_size - 8u : 0u);
  greeting.salt.append(reader.take(std::min(rest, reader.remaining())));
  if (greeting.salt.size() > kSaltSize) greeting.salt.resize(kSaltSize);
  if (greeting.capabilities & cap::kPluginAuth) {
    // Old servers end the name with the packet instead of a NUL.
    std::string_view name = reader.rest();
    greeting.plugin = name.substr(0, name.find('\0'));
  }
  if (greeting.version.starts_with(kMariaDbPrefix) &&
      greeting.version.find("MariaDB") != std::string::npos) {
    greeting.version.erase(0, kMariaDbPrefix.size());
  }
  if ((greeting.capabilities & cap::kProtocol41) == 0) return malformed("server is too old");
  return greeting;
}

bool ClientHandshake::secure() const {
  const rt::Stream& stream = connection_.wire_.stream();
  return stream.is_tls() || stream.is_unix();
}

Status ClientHandshake::send(std::string_view payload) {
  connection_.wire_.write_packet(payload);
  return connection_.wire_.flush(deadline_);
}

Result<std::string_view> ClientHandshake::read() {
  return connection_.wire_.read_packet(kPacketMax, deadline_);
}

uint32_t ClientHandshake::choose_capabilities(uint32_t offered) const {
  const ClientOptions& options = connection_.options_;
  uint32_t wanted = kAlwaysWanted;
  if (options.found_rows) wanted |= cap::kFoundRows;
  if (options.multi_statements) wanted |= cap::kMultiStatements;
  if (options.session_track) wanted |= cap::kSessionTrack;
  if (!options.database.empty()) wanted |= cap::kConnectWithDb;
  if (!options.attributes.empty()) wanted |= cap::kConnectAttrs;
  if (options.compression == Compression::kZlib) wanted |= cap::kCompress;
  if (options.compression == Compression::kZstd) wanted |= cap::kZstdCompression;
  // MariaDB does not offer LONG_PASSWORD; with it a client says that it has none of MariaDB's
  // extensions.
  return (wanted & offered) | cap::kLongPassword;
}

Status ClientHandshake::connect() {
  const std::string_view packet = VIF_TRY(read());
  if (!packet.empty() && static_cast<uint8_t>(packet.front()) == kErrHeader)
    return connection_.parse_error(packet);
  Greeting greeting = VIF_TRY(parse_greeting(packet));
  const ClientOptions& options = connection_.options_;
  connection_.server_version_ = std::move(greeting.version);
  connection_.thread_id_ = greeting.thread_id;
  uint32_t capabilities = choose_capabilities(greeting.capabilities);

  const bool is_unix = connection_.wire_.stream().is_unix();
  if (options.tls && (greeting.capabilities & cap::kSsl) && !is_unix) {
    capabilities |= cap::kSsl;
    VIF_TRY(upgrade_to_tls(capabilities));
  } else if (options.tls_required && !is_unix && !connection_.wire_.stream().is_tls()) {
    return Error(Code::kUnavailable, cr::kSslConnectionError, "HY000",
                 "SSL connection error: SSL is required but the server doesn't support it");
  }
  plugin_ = greeting.plugin == kCachingSha2Password ? kCachingSha2Password : kNativePassword;
  salt_ = std::move(greeting.salt);
  password_ = options.password;
  connection_.capabilities_ = capabilities;
  write_response(capabilities);
  VIF_TRY(connection_.wire_.flush(deadline_));
  VIF_TRY(finish());
  const Compression compression = capabilities & cap::kCompress          ? Compression::kZlib
                                  : capabilities & cap::kZstdCompression ? Compression::kZstd
                                                                         : Compression::kNone;
  connection_.wire_.set_compression(compression);
  return {};
}

namespace {

void append_response_head(std::string& out, uint32_t capabilities, uint8_t charset) {
  append_fixed(out, capabilities, 4);
  append_fixed(out, kPacketPayloadMax + 1, 4);
  out.push_back(static_cast<char>(charset));
  out.append(23, '\0');
}

uint8_t charset_for(const ClientOptions& options, std::string_view version) {
  if (options.charset != 0) return options.charset;
  const bool has_0900 =
      version.find("MariaDB") == std::string_view::npos && !version.starts_with("5.");
  return has_0900 ? kCharsetUtf8mb4Default80 : kCharsetUtf8mb4;
}

}  // namespace

Status ClientHandshake::upgrade_to_tls(uint32_t capabilities) {
  const ClientOptions& options = connection_.options_;
  std::string request;
  append_response_head(request, capabilities, charset_for(options, connection_.server_version_));
  VIF_TRY(send(request));
  std::string already_read;
  auto plain = connection_.wire_.take_stream(already_read);
  const std::string& name =
      options.tls_server_name.empty() ? options.address.host : options.tls_server_name;
  auto secured = rt::tls_connect(std::move(plain), options.tls, name, deadline_);
  if (!secured.ok()) {
    return Error(secured.error().code(), cr::kSslConnectionError, "HY000",
                 fmt::format("SSL connection error: {}", secured.error().message()));
  }
  connection_.wire_.set_stream(std::move(*secured));
  return {};
}

Result<std::string> ClientHandshake::scramble() const {
  if (plugin_ == kNativePassword) return scramble_native(salt_, password_);
  if (plugin_ == kCachingSha2Password)
    return password_.empty() ? std::string(1, '\0') : scramble_sha2(salt_, password_);
  if (plugin_ == kClearPassword || plugin_ == kDialogPlugin) {
    if (secure()) return password_ + '\0';
    return Error(Code::kUnauthenticated, cr::kAuthPluginError, "HY000",
                 fmt::format("Authentication plugin '{}' needs a secure connection", plugin_));
  }
  // The server looks at the socket's owner, not at what we say.
  if (plugin_ == "unix_socket" || plugin_ == "auth_socket") return std::string();
  return Error(Code::kUnauthenticated, cr::kAuthPluginCannotLoad, "HY000",
               fmt::format("Authentication plugin '{}' cannot be loaded: not supported", plugin_));
}

void ClientHandshake::write_response(uint32_t capabilities) {
  const ClientOptions& options = connection_.options_;
  std::string out;
  append_response_head(out, capabilities, charset_for(options, connection_.server_version_));
  out.append(options.user).push_back('\0');
  auto response = scramble();
  const std::string answer = response.ok() ? std::move(*response) : std::string();
  if (capabilities & cap::kPluginAuthLenencData) {
    append_lenenc_string(out, answer);
  } else {
    out.push_back(static_cast<char>(answer.size()));
    out.append(answer);
  }
  if (capabilities & cap::kConnectWithDb) out.append(options.database).push_back('\0');
  if (capabilities & cap::kPluginAuth) out.append(plugin_).push_back('\0');
  if (capabilities & cap::kConnectAttrs) {
    std::string block;
    for (const auto& [name, value] : options.attributes) {
      append_lenenc_string(block, name);
      append_lenenc_string(block, value);
    }
    append_lenenc_string(out, block);
  }
  constexpr char kZstdLevel = 3;
  if (capabilities & cap::kZstdCompression) out.push_back(kZstdLevel);
  connection_.wire_.write_packet(out);
}

Status ClientHandshake::finish() {
  for (;;) {
    const std::string_view packet = VIF_TRY(read());
    if (packet.empty()) return malformed("empty packet");
    switch (static_cast<uint8_t>(packet.front())) {
      case kOkHeader: {
        ResultEnd end;
        return connection_.parse_ok(packet, end);
      }
      case kErrHeader: {
        const Error refused = connection_.parse_error(packet);
        const bool said =
            refused.code() == Code::kPermissionDenied || refused.code() == Code::kUnknown;
        if (!said) return refused;
        return Error(Code::kUnauthenticated, refused.mysql_errno(), refused.sqlstate(),
                     refused.message());
      }
      case kEofHeader: VIF_TRY(answer_switch(packet.substr(1))); break;
      case kAuthMoreData: VIF_TRY(answer_more(packet.substr(1))); break;
      default: return malformed("unexpected packet while logging in");
    }
  }
}

Status ClientHandshake::answer_switch(std::string_view payload) {
  if (payload.empty()) {
    return Error(Code::kUnauthenticated, cr::kAuthPluginCannotLoad, "HY000",
                 "Authentication plugin 'mysql_old_password' cannot be loaded: not supported");
  }
  ByteReader reader(payload);
  plugin_ = reader.until_nul();
  if (!reader.ok()) return malformed("auth switch request");
  std::string_view salt = reader.rest();
  if (salt.ends_with('\0')) salt.remove_suffix(1);
  salt_ = salt;
  const std::string answer = VIF_TRY(scramble());
  return send(answer);
}

// caching_sha2_password: the scramble was enough, or the server has to see the password.
Status ClientHandshake::answer_more(std::string_view data) {
  if (plugin_ != kCachingSha2Password) return malformed("unexpected authentication data");
  if (data == "\x03") return {};
  if (data == "\x04") {
    if (secure()) return send(password_ + '\0');
    if (!connection_.options_.get_server_public_key) {
      return Error(Code::kUnauthenticated, cr::kAuthPluginError, "HY000",
                   "Authentication plugin 'caching_sha2_password' reported error: Authentication "
                   "requires secure "
                   "connection.");
    }
    key_asked_ = true;
    return send("\x02");
  }
  if (!key_asked_) return malformed("unexpected authentication data");
  key_asked_ = false;
  const std::string encrypted = VIF_TRY(encrypt_password(password_, salt_, data));
  return send(encrypted);
}

Status ClientHandshake::change_user(std::string_view user, std::string_view password,
                                    std::string_view database) {
  // The scramble of the greeting is not kept: an answer that cannot fit makes the server send a new
  // salt.
  plugin_ = connection_.server_version_.find("MariaDB") == std::string::npos ? kCachingSha2Password
                                                                             : kNativePassword;
  salt_ = std::string(kSaltSize, 'x');
  password_ = password;
  std::string out(1, static_cast<char>(com::kChangeUser));
  out.append(user).push_back('\0');
  out.push_back('\0');
  out.append(database).push_back('\0');
  append_fixed(out, charset_for(connection_.options_, connection_.server_version_), 2);
  if (connection_.capabilities_ & cap::kPluginAuth) out.append("unknown_plugin").push_back('\0');
  if (connection_.capabilities_ & cap::kConnectAttrs) out.push_back('\0');
  connection_.wire_.start_command();
  VIF_TRY(send(out));
  return finish();
}

}  // namespace vif::mysql

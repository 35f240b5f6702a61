#include "mysql/packet.h"

namespace vif::mysql {

void append_lenenc(std::string& out, uint64_t value) {
  if (value < 0xfb) {
    out.push_back(static_cast<char>(value));
  } else if (value <= 0xffff) {
    out.push_back('\xfc');
    append_fixed(out, value, 2);
  } else if (value <= 0xffffff) {
    out.push_back('\xfd');
    append_fixed(out, value, 3);
  } else {
    out.push_back('\xfe');
    append_fixed(out, value, 8);
  }
}

void append_lenenc_string(std::string& out, std::string_view text) {
  append_lenenc(out, text.size());
  out.append(text);
}

void append_packet(std::string& out, std::string_view payload, uint8_t& sequence) {
  for (;;) {
    const std::string_view part = payload.substr(0, kPacketPayloadMax);
    char header[kPacketHeaderSize];
    set_packet_header(header, part.size(), sequence++);
    out.append(header, sizeof header);
    out.append(part);
    if (part.size() < kPacketPayloadMax) return;
    payload.remove_prefix(part.size());
  }
}

size_t start_packet(std::string& out) {
  const size_t start = out.size();
  out.append(kPacketHeaderSize, '\0');
  return start;
}

void finish_packet(std::string& out, size_t start, uint8_t& sequence) {
  const size_t payload_size = out.size() - start - kPacketHeaderSize;
  if (payload_size < kPacketPayloadMax) {
    set_packet_header(out.data() + start, payload_size, sequence++);
    return;
  }
  const std::string payload = out.substr(start + kPacketHeaderSize);
  out.resize(start);
  append_packet(out, payload, sequence);
}

}  // namespace vif::mysql

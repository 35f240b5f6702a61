// The two collations that do not weigh a text character by character: latin2_czech_cs reads it four
// times, the first two times word by word; tis620_thai_ci moves vowels behind their consonants and
// tone marks to the end.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vif::types {

class OwnOrder {
 public:
  // Of a section of the tables.
  explicit OwnOrder(std::string_view section);
  // Bytes that order texts as the server does; tis620's are compared as if the shorter were filled
  // up with spaces.
  void append_weights(std::string_view text, std::string& out) const;
  // The same as WEIGHT_STRING() gives it: MySQL does not look behind a zero byte of tis620.
  void append_weight_string(std::string_view text, std::string& out) const;
  // What LIKE compares of a character.
  uint8_t character(uint8_t byte) const { return characters_[byte]; }

 private:
  static constexpr int kPasses = 4;
  using Weights = std::array<uint8_t, kPasses>;
  struct Pair {
    uint8_t first;
    uint8_t second;
    Weights weights;
  };
  const Weights& weights_at(std::string_view text, size_t at, size_t& length) const;
  void append_passes(std::string_view text, std::string& out) const;
  void append_reordered(std::string_view text, std::string& out) const;

  bool reorders_ = false;
  bool ends_at_zero_ = false;
  std::array<uint8_t, 256> characters_{};
  // latin2_czech_cs
  std::array<Weights, 256> weights_{};
  std::vector<Pair> pairs_;  // letters of two characters
  // tis620_thai_ci
  std::array<uint8_t, 256> lower_{};
  std::array<uint8_t, 256> class_{};
};

}  // namespace vif::types

#include "testing/datadriven.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

namespace vif::testing {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSeparator = "----";

// A file in memory: comments and blanks between cases are kept for rewriting.
struct DataFile {
  fs::path path;
  struct Piece {
    std::string before;  // comments and empty lines
    std::string head;    // command and input, up to and with the separator
    DataCase data;
    std::string actual;
    bool ran = false;
  };
  std::vector<Piece> pieces;
  std::string after;
};

std::string output_text(const std::string& output) {
  if (output.find("\n\n") == std::string::npos && !output.starts_with("\n")) return output;
  return std::string(kSeparator) + "\n" + output + std::string(kSeparator) + "\n" +
         std::string(kSeparator) + "\n";
}

DataFile read(const fs::path& path) {
  DataFile file;
  file.path = path;
  std::ifstream in(path);
  std::string line;
  int number = 0;
  auto next = [&] {
    ++number;
    return static_cast<bool>(std::getline(in, line));
  };
  std::string before;
  while (next()) {
    if (line.empty() || line[0] == '#') {
      before += line + "\n";
      continue;
    }
    DataFile::Piece piece;
    piece.before = std::move(before);
    before.clear();
    piece.data.file = path.stem().string();
    piece.data.line = number;
    std::istringstream words(line);
    words >> piece.data.command;
    for (std::string word; words >> word;) {
      const size_t equals = std::min(word.find('='), word.size());
      piece.data.arguments[word.substr(0, equals)] =
          equals < word.size() ? word.substr(equals + 1) : "";
    }
    piece.head = line + "\n";
    while (next() && line != kSeparator) {
      piece.data.input += (piece.data.input.empty() ? "" : "\n") + line;
      piece.head += line + "\n";
    }
    piece.head += std::string(kSeparator) + "\n";
    bool fenced = false;
    bool first = true;
    while (next()) {
      if (first && line == kSeparator) {
        fenced = true;
      } else if (fenced && line == kSeparator) {
        next();  // the second of the closing pair
        break;
      } else if (!fenced && line.empty()) {
        break;
      } else {
        piece.data.expected += line + "\n";
      }
      first = false;
    }
    file.pieces.push_back(std::move(piece));
    before = fenced ? "" : "\n";
  }
  file.after = before == "\n" ? "" : before;
  return file;
}

void write(const DataFile& file) {
  std::ofstream out(file.path, std::ios::trunc);
  for (const DataFile::Piece& piece : file.pieces) {
    out << piece.before << piece.head
        << output_text(piece.ran ? piece.actual : piece.data.expected);
  }
  out << file.after;
}

class DataTest : public ::testing::Test {
 public:
  DataTest(std::shared_ptr<DataFile> file, size_t index,
           std::function<std::string(const DataCase&)> run)
      : file_(std::move(file)), index_(index), run_(std::move(run)) {}

  void TestBody() override {
    DataFile::Piece& piece = file_->pieces[index_];
    std::string actual = run_(piece.data);
    if (!actual.empty() && actual.back() != '\n') actual += '\n';
    if (std::getenv("REWRITE")) {
      piece.actual = actual;
      piece.ran = true;
      write(*file_);
      return;
    }
    EXPECT_EQ(actual, piece.data.expected) << file_->path.string() << ":" << piece.data.line << "\n"
                                           << piece.data.input;
  }

 private:
  std::shared_ptr<DataFile> file_;
  size_t index_;
  std::function<std::string(const DataCase&)> run_;
};

// Tests run in the checkout, or somewhere below it.
fs::path find_folder(const std::string& folder) {
  for (fs::path at = fs::current_path();; at = at.parent_path()) {
    if (fs::is_directory(at / folder)) return at / folder;
    if (at == at.root_path()) return {};
  }
}

}  // namespace

std::string DataCase::argument(const std::string& name, std::string otherwise) const {
  auto it = arguments.find(name);
  return it == arguments.end() ? otherwise : it->second;
}

int register_data_tests(const char* suite, const std::string& folder,
                        std::function<std::string(const DataCase&)> run) {
  const fs::path where = find_folder(folder);
  std::vector<fs::path> paths;
  if (!where.empty()) {
    for (const auto& entry : fs::directory_iterator(where)) {
      if (entry.path().extension() == ".test") paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  int count = 0;
  for (const fs::path& path : paths) {
    auto file = std::make_shared<DataFile>(read(path));
    for (size_t i = 0; i < file->pieces.size(); ++i) {
      const DataCase& data = file->pieces[i].data;
      const std::string name = data.file + "_" + std::to_string(data.line);
      ::testing::RegisterTest(
          suite, name.c_str(), nullptr, nullptr, path.c_str(), data.line,
          [file, i, run]() -> ::testing::Test* { return new DataTest(file, i, run); });
      ++count;
    }
  }
  return count;
}

}  // namespace vif::testing

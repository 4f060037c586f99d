// Appends to an audit as fast as it can, from several threads, and prints the number of each entry
// once it was acknowledged. tests/interop/test_audit.py kills it.
//
//     audit_driver FOLDER THREADS ENTRIES [segment-bytes]
//
// Prints "acknowledged N" lines, and "failed WHY" where an entry was refused; ends with status 1 when
// the audit cannot be opened.

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "guard/audit/audit.h"

namespace {

/// One write a line, so that a kill leaves whole lines or none.
void say(const std::string& line) {
  if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::_Exit(2);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "audit_driver FOLDER THREADS ENTRIES [segment-bytes]\n";
    return 2;
  }
  noroshi::Audit::Config config;
  config.folder = argv[1];
  config.node = "driver";
  if (argc > 4) config.segment_bytes = std::strtoull(argv[4], nullptr, 10);
  const auto audit = noroshi::Audit::open(config);
  if (!audit) {
    std::cerr << audit.error().message << "\n";
    return 1;
  }
  const auto each = std::strtoull(argv[3], nullptr, 10);
  std::vector<std::thread> threads;
  for (unsigned long i = 0; i < std::strtoul(argv[2], nullptr, 10); ++i)
    threads.emplace_back([&, i] {
      for (unsigned long long j = 0; j < each; ++j) {
        noroshi::AuditEntry entry;
        entry.kind = "read";
        entry.who = "driver-" + std::to_string(i);
        entry.purpose = "operations";
        entry.what = "top srcip/bytes 'dst port 23', number " + std::to_string(j);
        const auto sequence = (*audit)->append(entry);
        say(sequence ? "acknowledged " + std::to_string(*sequence) + "\n"
                     : "failed " + sequence.error().message + "\n");
      }
    });
  for (auto& thread : threads) thread.join();
  return 0;
}

// nfcapd files of both layouts in every compression. What is read is written again and must come
// back the same: the reader and the writer check one another.

#include <cstdint>
#include <memory>

#include "base/check.h"
#include "encode/nfcapd.h"
#include "record/memory_stream.h"
#include "record/nfcapd.h"

namespace {

std::size_t count_rows(std::vector<std::byte> file, noroshi::NfcapdWriter* writer) {
  noroshi::Input input(std::make_unique<noroshi::MemoryStream>(std::move(file)));
  const auto recording = noroshi::kNfcapd.open(std::move(input), {});
  if (!recording) return 0;
  noroshi::FlowBatch batch(64);
  std::size_t rows = 0;
  while (true) {
    const auto more = (*recording)->read(batch);
    CHECK(more.has_value());
    if (!*more) break;
    rows += batch.size();
    if (writer != nullptr) writer->add(batch);
    // A few bytes may decompress to very much: enough has been seen.
    if (rows > 100'000) break;
  }
  return rows;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto* begin = reinterpret_cast<const std::byte*>(data);
  std::vector file(begin, begin + size);
  if (!noroshi::kNfcapd.recognises(file)) return 0;
  noroshi::NfcapdWriter::Config config;
  config.compression = noroshi::NfcapdCompression::kNone;
  auto writer = noroshi::NfcapdWriter::create(config);
  const auto rows = count_rows(std::move(file), &*writer);
  CHECK(count_rows(writer->finish(), nullptr) == rows || rows > 100'000);
  return 0;
}

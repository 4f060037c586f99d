#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "collect/stream.h"

namespace noroshi {

/// PEM files.
struct TlsFiles {
  std::string certificate;  ///< ours, with the chain behind it
  std::string key;
  std::string client_ca;  ///< not empty: exporters must show a certificate it signed
};

/// The server's side of TLS 1.2 and 1.3 (RFC 7011 §11.1), from files. One thread uses it.
class TlsServer {
 public:
  /// Reads the files; the error names the one that is at fault.
  [[nodiscard]] static Result<std::unique_ptr<TlsServer>> open(const TlsFiles& files);
  virtual ~TlsServer() = default;

  /// TLS on a connection just accepted, which stays the caller's; the first reads shake hands.
  [[nodiscard]] virtual Result<std::unique_ptr<Stream>> accept(int socket) = 0;
};

}  // namespace noroshi

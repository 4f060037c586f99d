#pragma once

#include <memory>
#include <string>

#include "desk/audit_desk.h"

namespace noroshi {

/// Asks the daemon that serves on a Unix socket. Not thread-safe.
class RemoteAudit final : public AuditDesk {
 public:
  /// kUnavailable when nobody serves there.
  [[nodiscard]] static Result<std::unique_ptr<RemoteAudit>> connect(const std::string& unix_socket);

  Status list(const AuditQuery& query, const PieceSink& sink) override;
  Result<std::string> verify() override;
  Status write_bundle(const AuditSpan& span, const PieceSink& sink) override;
  Result<std::string> stamp() override;

 private:
  explicit RemoteAudit(std::string unix_socket) : unix_socket_(std::move(unix_socket)) {}
  [[nodiscard]] Result<std::string> ask(const std::string& what);
  Status stream(const std::string& what, const std::string& body, const PieceSink& sink);

  std::string unix_socket_;
};

}  // namespace noroshi

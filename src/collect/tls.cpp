#include "collect/tls.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <limits>

// Door (in): IPFIX over TLS. Guard: certificates of exporters where the operator wants them.

namespace noroshi {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const { ::SSL_CTX_free(context); }
  void operator()(SSL* session) const { ::SSL_free(session); }
};
using Context = std::unique_ptr<SSL_CTX, Free>;
using Session = std::unique_ptr<SSL, Free>;

/// What OpenSSL has to say of its last failure; empties its queue.
std::string reason() {
  const char* text = ::ERR_reason_error_string(::ERR_peek_last_error());
  ::ERR_clear_error();
  return text == nullptr ? "unknown reason" : text;
}

tl::unexpected<Error> refused(const std::string& file, const char* what) {
  return failure(ErrorCode::kInvalidArgument,
                 fmt::format("{}: cannot be used as {}: {}", file, what, reason()));
}

/// A key under a passphrase is refused, not asked for on some terminal.
int no_passphrase(char*, int, int, void*) { return 0; }

class TlsStream final : public Stream {
 public:
  explicit TlsStream(Session session) : session_(std::move(session)) {}

  Read read(std::span<std::byte> into) override {
    const auto most = std::min<std::size_t>(into.size(), std::numeric_limits<int>::max());
    ::ERR_clear_error();
    const int got = ::SSL_read(session_.get(), into.data(), static_cast<int>(most));
    if (got > 0) return {State::kOctets, static_cast<std::size_t>(got)};
    const int fault = ::SSL_get_error(session_.get(), got);
    ::ERR_clear_error();
    switch (fault) {
      case SSL_ERROR_WANT_READ:
        return {State::kWaitRead};
      case SSL_ERROR_WANT_WRITE:
        return {State::kWaitWrite};
      case SSL_ERROR_ZERO_RETURN:
        return {State::kEnd};
      default:
        return {State::kFailed};
    }
  }

 private:
  Session session_;
};

class OpensslServer final : public TlsServer {
 public:
  explicit OpensslServer(Context context) : context_(std::move(context)) {}

  Result<std::unique_ptr<Stream>> accept(int socket) override {
    Session session(::SSL_new(context_.get()));
    if (!session || ::SSL_set_fd(session.get(), socket) != 1)
      return failure(ErrorCode::kIo, fmt::format("cannot begin TLS: {}", reason()));
    ::SSL_set_accept_state(session.get());
    return std::make_unique<TlsStream>(std::move(session));
  }

 private:
  Context context_;
};

}  // namespace

Result<std::unique_ptr<TlsServer>> TlsServer::open(const TlsFiles& files) {
  Context context(::SSL_CTX_new(::TLS_server_method()));
  if (!context) return failure(ErrorCode::kIo, fmt::format("cannot use TLS: {}", reason()));
  ::SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // Exporters write and never read: a ticket left unread would turn their close into a reset, and
  // that would take away what they sent last.
  ::SSL_CTX_set_num_tickets(context.get(), 0);
  ::SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  ::SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  ::SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS);
  ::SSL_CTX_set_default_passwd_cb(context.get(), no_passphrase);
  if (::SSL_CTX_use_certificate_chain_file(context.get(), files.certificate.c_str()) != 1)
    return refused(files.certificate, "a certificate");
  if (::SSL_CTX_use_PrivateKey_file(context.get(), files.key.c_str(), SSL_FILETYPE_PEM) != 1)
    return refused(files.key, "the key of that certificate");
  if (!files.client_ca.empty()) {
    if (::SSL_CTX_load_verify_locations(context.get(), files.client_ca.c_str(), nullptr) != 1)
      return refused(files.client_ca, "the authority of exporters");
    ::SSL_CTX_set_client_CA_list(context.get(), ::SSL_load_client_CA_file(files.client_ca.c_str()));
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return std::make_unique<OpensslServer>(std::move(context));
}

}  // namespace noroshi

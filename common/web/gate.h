// Who may ask a page's server. Pure: the server tells what a request says, this decides.
//
// On a loopback address everyone on this machine may, but not a page from elsewhere that made the
// browser take its name for this machine's address (DNS rebinding): the Host must be a loopback
// name. On any other address only who has the token may: as `?token=TOKEN` once, which a browser
// then keeps in a cookie, or as `Authorization: Bearer TOKEN` (RFC 6750, section 2.1).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace moyo::web {

// What a request says of itself; empty where it says nothing.
struct Claims {
  std::string host = {};           // Host
  std::string authorization = {};  // Authorization
  std::string cookie = {};         // Cookie
  std::string token = {};          // of the query
};

enum class Verdict : uint8_t {
  kEnter,
  kKeepToken,    // the query's token is right: set the cookie, and ask again without the query
  kNoToken,      // none, or a wrong one
  kStrangeHost,  // a loopback server was asked for under another machine's name
};

class Gate {
 public:
  enum class Reach : uint8_t {
    kLoopback,  // loopback names
    kToken,     // whoever has the token
    kOpen       // everyone
  };
  // `token` as base64url text, of kToken. `port` tells the cookies of servers on one machine apart,
  // since browsers don't.
  Gate(Reach reach, std::string token, int port);
  // kToken with the tokens that `knows` says yes to, as base64url text. None is taken from a query,
  // where it would stand in logs and histories: a sign-in form sets the cookie.
  Gate(std::function<bool(const std::string&)> knows, int port);

  Verdict Judge(const Claims& claims) const;
  // The value of Set-Cookie that goes with kKeepToken.
  std::string Cookie() const { return Cookie(token_); }
  // The one that keeps `token`; an empty one forgets what was kept.
  std::string Cookie(const std::string& token) const;

 private:
  bool IsToken(std::string_view text) const;

  const Reach reach_;
  const std::string token_;
  const std::string cookie_name_;
  const std::function<bool(const std::string&)> knows_;  // null: token_ alone
};

}  // namespace moyo::web

// Files of a page that are compiled into a program, so that it serves them wherever it runs.
// cmake/MoyoAssets.cmake turns a folder into a function that returns them:
//
//   moyo_assets(play_page FUNCTION moyo::play::PageAssets FOLDERS page:/ vendor:/vendor/)
//   namespace moyo::play { std::span<const web::Asset> PageAssets(); }   // yours to declare
#pragma once

#include <span>
#include <string_view>

namespace moyo::web {

struct Asset {
  std::string_view path;  // as a browser asks for it: "/app.js"
  std::string_view bytes;
};

// By the ending of the path, "application/octet-stream" for one that is not known. Text is UTF-8.
std::string_view ContentTypeOf(std::string_view path);

}  // namespace moyo::web

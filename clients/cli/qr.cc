#include "clients/cli/qr.h"

#include <png.h>
#include <qrencode.h>

#include <memory>
#include <stdexcept>

#include "clients/cli/session.h"

namespace plenary::cli {
namespace {

constexpr int kQuiet = 4;  // squares of light around a code, as readers expect
constexpr int kPixels = 8;

// The squares of a code with its quiet zone.
class Squares {
 public:
  explicit Squares(const std::string& text)
      : code_(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M), &QRcode_free) {
    if (!code_) give_up(ErrorCode::limit_exceeded, "This is too long for a QR code. Pass on the text itself");
  }
  int size() const { return code_->width + 2 * kQuiet; }
  bool is_dark(int x, int y) const {
    const int column = x - kQuiet, row = y - kQuiet;
    if (column < 0 || row < 0 || column >= code_->width || row >= code_->width) return false;
    return (code_->data[row * code_->width + column] & 1) != 0;
  }

 private:
  std::unique_ptr<QRcode, decltype(&QRcode_free)> code_;
};

}  // namespace

std::string qr_for_terminal(const std::string& text, bool colour) {
  const Squares squares(text);
  std::string drawn;
  for (int y = 0; y < squares.size(); y += 2) {
    if (colour) drawn += "\033[97;40m";
    for (int x = 0; x < squares.size(); ++x) {
      const bool light_above = !squares.is_dark(x, y);
      const bool light_below = y + 1 < squares.size() && !squares.is_dark(x, y + 1);
      drawn += light_above && light_below ? "█" : light_above ? "▀" : light_below ? "▄" : " ";
    }
    if (colour) drawn += "\033[0m";
    drawn += "\n";
  }
  return drawn;
}

Bytes qr_as_png(const std::string& text) {
  const Squares squares(text);
  const int width = squares.size() * kPixels;
  std::vector<png_byte> pixels;
  pixels.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(width));
  for (int y = 0; y < width; ++y) {
    for (int x = 0; x < width; ++x) pixels.push_back(squares.is_dark(x / kPixels, y / kPixels) ? 0 : 255);
  }
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = image.height = static_cast<png_uint_32>(width);
  image.format = PNG_FORMAT_GRAY;
  png_alloc_size_t size = 0;
  const auto write = [&](void* to) {
    return png_image_write_to_memory(&image, to, &size, 0, pixels.data(), 0, nullptr);
  };
  if (write(nullptr) == 0) throw std::runtime_error(std::string("The picture could not be made: ") + image.message);
  Bytes png(size);
  if (write(png.data()) == 0) throw std::runtime_error(std::string("The picture could not be made: ") + image.message);
  png.resize(size);
  return png;
}

}  // namespace plenary::cli

#include "core/log/operation.h"

namespace plenary::log {

bool has_value(OperationKind kind) {
  switch (kind) {
    case OperationKind::set:
    case OperationKind::append:
    case OperationKind::add:
    case OperationKind::insert:
      return true;
    default:
      return false;
  }
}

bool is_known(OperationKind kind) {
  return kind >= OperationKind::create && kind <= OperationKind::hide;
}

}  // namespace plenary::log

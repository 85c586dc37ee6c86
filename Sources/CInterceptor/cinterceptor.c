#include "cinterceptor.h"

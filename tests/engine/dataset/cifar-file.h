/* SPDX-License-Identifier: MIT */
/* Makes CIFAR files, right ones and wrong ones. */
#pragma once

#include "scratch-folder.h"

#define CIFAR_PIXELS 3072

/* Pixel @at of record @i. */
static inline guint8
get_cifar_pixel (guint i, guint at)
{
  return (guint8)(i * 31 + at * 7 + at / 1024);
}

/* Records @first..@first+n-1; label i modulo 10, or of CIFAR-100 (two label bytes) i modulo 100. */
static inline GByteArray *
make_records (guint first, guint n, guint n_labels)
{
  GByteArray *bytes = g_byte_array_sized_new (n * (n_labels + CIFAR_PIXELS));

  for (guint i = first; i < first + n; i++)
    {
      guint8 record[2 + CIFAR_PIXELS];

      record[0] = (guint8)(n_labels == 2 ? i % 20 : i % 10);
      record[1] = (guint8)(i % 100);
      for (guint at = 0; at < CIFAR_PIXELS; at++)
        record[n_labels + at] = get_cifar_pixel (i, at);
      g_byte_array_append (bytes, record, n_labels + CIFAR_PIXELS);
    }
  return bytes;
}

/* SPDX-License-Identifier: MIT */
/* Makes IDX files, right ones and wrong ones. */
#pragma once

#include "scratch-folder.h"

static inline void
append_word (GByteArray *bytes, guint32 word)
{
  guint32 big_endian = GUINT32_TO_BE (word);

  g_byte_array_append (bytes, (const guint8 *)&big_endian, sizeof big_endian);
}

/* Pixel i of the file is i times 37, modulo @n_levels. */
static inline GByteArray *
make_images (guint n, guint height, guint width, guint n_levels)
{
  GByteArray *bytes = g_byte_array_new ();

  append_word (bytes, 0x803);
  append_word (bytes, n);
  append_word (bytes, height);
  append_word (bytes, width);
  for (guint i = 0; i < n * height * width; i++)
    {
      guint8 pixel = (guint8)(i * 37 % n_levels);

      g_byte_array_append (bytes, &pixel, 1);
    }
  return bytes;
}

/* Label i is i modulo @n_classes. */
static inline GByteArray *
make_labels (guint n, guint n_classes)
{
  GByteArray *bytes = g_byte_array_new ();

  append_word (bytes, 0x801);
  append_word (bytes, n);
  for (guint i = 0; i < n; i++)
    {
      guint8 label = (guint8)(i % n_classes);

      g_byte_array_append (bytes, &label, 1);
    }
  return bytes;
}

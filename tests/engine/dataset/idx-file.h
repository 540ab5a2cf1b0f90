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

/* Takes @bytes; packs them if the name ends in .gz.  Returns the path. */
static inline char *
write_idx (const char *folder, const char *name, GByteArray *bytes)
{
  g_autoptr (GByteArray) plain = bytes;

  if (g_str_has_suffix (name, ".gz"))
    {
      g_autoptr (GBytes) packed = gzip_bytes (plain->data, plain->len);

      return scratch_folder_write (folder,
                                   name,
                                   g_bytes_get_data (packed, NULL),
                                   g_bytes_get_size (packed));
    }
  return scratch_folder_write (folder, name, plain->data, plain->len);
}

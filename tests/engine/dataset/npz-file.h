/* SPDX-License-Identifier: MIT */
/* Makes NumPy archives, right ones and wrong ones, without NumPy. */
#pragma once

#include "scratch-folder.h"

#include <archive.h>
#include <archive_entry.h>

typedef struct
{
  const char *name;  /* of the member */
  const char *descr; /* "|u1" */
  const char *shape; /* "9, 3, " */
  gconstpointer data;
  gsize n_bytes;
  gboolean is_fortran;
} NpzMember;

/* A .npy file. */
static inline GByteArray *
make_npy (const NpzMember *member)
{
  GByteArray *bytes = g_byte_array_new ();
  g_autofree char *head =
    g_strdup_printf ("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }\n",
                     member->descr,
                     member->is_fortran ? "True" : "False",
                     member->shape);
  guint8 length[2] = {(guint8)strlen (head), (guint8)(strlen (head) >> 8)};

  g_byte_array_append (bytes, (const guint8 *)"\x93NUMPY\x01\x00", 8);
  g_byte_array_append (bytes, length, 2);
  g_byte_array_append (bytes, (const guint8 *)head, (guint)strlen (head));
  g_byte_array_append (bytes, member->data, (guint)member->n_bytes);
  return bytes;
}

/* Returns the path; members up to one without a name. */
static inline char *
write_npz (const char *folder, const char *name, const NpzMember *members, gboolean is_packed)
{
  char *path = g_build_filename (folder, name, NULL);
  struct archive *archive = archive_write_new ();

  g_assert_cmpint (archive_write_set_format_zip (archive), ==, ARCHIVE_OK);
  if (!is_packed)
    g_assert_cmpint (archive_write_zip_set_compression_store (archive), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_set_bytes_in_last_block (archive, 1), ==, ARCHIVE_OK);
  g_assert_cmpint (archive_write_open_filename (archive, path), ==, ARCHIVE_OK);
  for (; members->name != NULL; members++)
    {
      g_autoptr (GByteArray) bytes = make_npy (members);
      g_autofree char *file = g_strconcat (members->name, ".npy", NULL);
      struct archive_entry *entry = archive_entry_new ();

      archive_entry_set_pathname (entry, file);
      archive_entry_set_filetype (entry, AE_IFREG);
      archive_entry_set_size (entry, bytes->len);
      g_assert_cmpint (archive_write_header (archive, entry), ==, ARCHIVE_OK);
      g_assert_cmpint (archive_write_data (archive, bytes->data, bytes->len), ==, bytes->len);
      archive_entry_free (entry);
    }
  g_assert_cmpint (archive_write_free (archive), ==, ARCHIVE_OK);
  return path;
}

/* SPDX-License-Identifier: MIT */
/* libarchive, loaded when the first archive is read or written: it brings along XML, ciphers and
 * eight ways of packing. */
#pragma once

#ifndef FXP_COMPILATION
#  error "archive-library-private.h is for engine/ and tests/ only"
#endif

#include <archive.h>
#include <archive_entry.h>
#include <glib.h>

G_BEGIN_DECLS

#define FXP_ARCHIVE_FUNCTIONS(F)                                                                   \
  F (entry_free)                                                                                   \
  F (entry_new)                                                                                    \
  F (entry_pathname)                                                                               \
  F (entry_set_filetype)                                                                           \
  F (entry_set_mtime)                                                                              \
  F (entry_set_pathname)                                                                           \
  F (entry_set_perm)                                                                               \
  F (entry_set_size)                                                                               \
  F (error_string)                                                                                 \
  F (read_data)                                                                                    \
  F (read_free)                                                                                    \
  F (read_new)                                                                                     \
  F (read_next_header)                                                                             \
  F (read_open1)                                                                                   \
  F (read_set_callback_data)                                                                       \
  F (read_set_read_callback)                                                                       \
  F (read_set_seek_callback)                                                                       \
  F (read_support_format_zip_seekable)                                                             \
  F (set_error)                                                                                    \
  F (write_close)                                                                                  \
  F (write_data)                                                                                   \
  F (write_free)                                                                                   \
  F (write_header)                                                                                 \
  F (write_new)                                                                                    \
  F (write_open)                                                                                   \
  F (write_set_bytes_in_last_block)                                                                \
  F (write_set_format_zip)                                                                         \
  F (write_zip_set_compression_store)

/* Its functions: archive_read_new() is read_new() here. */
typedef struct
{
#define DECLARE(name) __typeof__ (archive_##name) *name;
  FXP_ARCHIVE_FUNCTIONS (DECLARE)
#undef DECLARE
} FxpArchiveLibrary;

/* NULL with FXP_ERROR_LIBRARY as of fxp_library_open(), without the place.  Any thread. */
const FxpArchiveLibrary *fxp_archive_library_get (GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS

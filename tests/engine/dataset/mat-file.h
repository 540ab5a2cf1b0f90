/* SPDX-License-Identifier: MIT */
/* Makes MATLAB files like those of SVHN. */
#pragma once

#include "scratch-folder.h"

#include <matio.h>

/* The byte of sample @i at channel, row and column. */
static inline guint8
get_mat_pixel (gsize i, gsize channel, gsize y, gsize x)
{
  return (guint8)(i * 101 + channel * 53 + y * 7 + x);
}

/* @n samples of height x width x 3; label i is 1 + i modulo 10, so that 10 occurs.  Returns the
 * path. */
static inline char *
write_mat (const char *folder,
           const char *name,
           gsize height,
           gsize width,
           gsize n,
           gboolean packed)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autofree guint8 *pixels = g_new (guint8, height * width * 3 * n);
  g_autofree double *labels = g_new (double, n);
  size_t x_dims[] = {height, width, 3, n};
  size_t y_dims[] = {n, 1};
  enum matio_compression compression = packed ? MAT_COMPRESSION_ZLIB : MAT_COMPRESSION_NONE;
  mat_t *mat = Mat_CreateVer (path, NULL, MAT_FT_MAT5);
  matvar_t *variable;

  g_assert_nonnull (mat);
  for (gsize i = 0, at = 0; i < n; i++)
    {
      labels[i] = (double)(1 + i % 10);
      for (gsize channel = 0; channel < 3; channel++)
        for (gsize x = 0; x < width; x++)
          for (gsize y = 0; y < height; y++)
            pixels[at++] = get_mat_pixel (i, channel, y, x);
    }
  variable = Mat_VarCreate ("X", MAT_C_UINT8, MAT_T_UINT8, 4, x_dims, pixels, 0);
  g_assert_cmpint (Mat_VarWrite (mat, variable, compression), ==, 0);
  Mat_VarFree (variable);
  variable = Mat_VarCreate ("y", MAT_C_DOUBLE, MAT_T_DOUBLE, 2, y_dims, labels, 0);
  g_assert_cmpint (Mat_VarWrite (mat, variable, compression), ==, 0);
  Mat_VarFree (variable);
  Mat_Close (mat);
  return path;
}

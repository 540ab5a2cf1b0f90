/* SPDX-License-Identifier: MIT */
/* The largest singular value by one-sided Jacobi rotations (Hestenes 1958), which have nothing in
 * common with the power method. */
#pragma once

#include <glib.h>
#include <math.h>

/* Makes columns @p and @q orthogonal; TRUE if they were not.  @total: of all squares; what is
 * nothing beside it is left of columns that depend on others. */
static inline gboolean
rotate_columns (double *matrix, gsize n_rows, gsize n_columns, gsize p, gsize q, double total)
{
  double pp = 0.0, qq = 0.0, pq = 0.0;
  double zeta, t, c, s;

  for (gsize row = 0; row < n_rows; row++)
    {
      const double x = matrix[row * n_columns + p], y = matrix[row * n_columns + q];

      pp += x * x;
      qq += y * y;
      pq += x * y;
    }
  if (fabs (pq) <= 1e-14 * sqrt (pp * qq) || fabs (pq) <= 1e-20 * total)
    return FALSE;
  zeta = (qq - pp) / (2.0 * pq);
  t = (zeta >= 0.0 ? 1.0 : -1.0) / (fabs (zeta) + sqrt (1.0 + zeta * zeta));
  c = 1.0 / sqrt (1.0 + t * t);
  s = c * t;
  for (gsize row = 0; row < n_rows; row++)
    {
      const double x = matrix[row * n_columns + p], y = matrix[row * n_columns + q];

      matrix[row * n_columns + p] = c * x - s * y;
      matrix[row * n_columns + q] = s * x + c * y;
    }
  return TRUE;
}

/* Destroys @matrix. */
static inline double
find_largest_singular_value (double *matrix, gsize n_rows, gsize n_columns)
{
  gboolean rotated = TRUE;
  double largest = 0.0, total = 0.0;

  for (gsize i = 0; i < n_rows * n_columns; i++)
    total += matrix[i] * matrix[i];
  for (guint sweep = 0; sweep < 60 && rotated; sweep++)
    {
      rotated = FALSE;
      for (gsize p = 0; p + 1 < n_columns; p++)
        for (gsize q = p + 1; q < n_columns; q++)
          rotated |= rotate_columns (matrix, n_rows, n_columns, p, q, total);
    }
  g_assert_false (rotated);
  for (gsize column = 0; column < n_columns; column++)
    {
      double squares = 0.0;

      for (gsize row = 0; row < n_rows; row++)
        squares += matrix[row * n_columns + column] * matrix[row * n_columns + column];
      largest = MAX (largest, squares);
    }
  return sqrt (largest);
}

/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "quantity.h"

#include <math.h>

static char *
format_number (double value)
{
  int digits = 2;

  if (value > 0 && value < 1)
    digits = CLAMP (2 - (int)floor (log10 (value)), 2, 12);
  return g_strdup_printf ("%.*f", digits, value);
}

char *
fxa_quantity_format_megabits (double bits)
{
  return format_number (bits * 1e-6);
}

char *
fxa_quantity_format_count (double count)
{
  if (count >= 1e9)
    return g_strdup_printf ("%.2fe9", count * 1e-9);
  if (count >= 1e6)
    return g_strdup_printf ("%.2fe6", count * 1e-6);
  return g_strdup_printf ("%.0f", count);
}

char *
fxa_quantity_format_energy (double joule)
{
  static const struct
  {
    double least;
    const char *unit;
  } units[] = {{1, "J"}, {1e-3, "mJ"}, {1e-6, "µJ"}, {1e-9, "nJ"}, {1e-12, "pJ"}};
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (units) && joule < units[i].least)
    i++;
  return g_strdup_printf ("%.3g %s", joule / units[i].least, units[i].unit);
}

char *
fxa_quantity_format_ratio (double dividend, double divisor)
{
  return divisor > 0 ? format_number (dividend / divisor) : g_strdup ("–");
}

char *
fxa_quantity_format_percent (double share)
{
  return isfinite (share) ? g_strdup_printf ("%.2f", 100 * share) : g_strdup ("–");
}

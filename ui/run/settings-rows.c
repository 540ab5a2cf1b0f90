/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/settings-rows.h"

#include <math.h>

#define SHARE_STEP 0.05

GtkWidget *
fxu_settings_rows_new (void)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  return grid;
}

static int
count_rows (GtkWidget *rows)
{
  int n = 0;

  for (GtkWidget *child = gtk_widget_get_first_child (rows); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int row;

      gtk_grid_query_child (GTK_GRID (rows), child, NULL, &row, NULL, NULL);
      n = MAX (n, row + 1);
    }
  return n;
}

GtkWidget *
fxu_settings_rows_add (GtkWidget *rows, const char *name, GtkWidget *control)
{
  GtkWidget *label = gtk_label_new (name);
  int row = count_rows (rows);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_set_hexpand (control, TRUE);
  gtk_grid_attach (GTK_GRID (rows), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (rows), control, 1, row, 1, 1);
  return control;
}

GtkWidget *
fxu_settings_rows_add_wide (GtkWidget *rows, GtkWidget *control)
{
  gtk_grid_attach (GTK_GRID (rows), control, 0, count_rows (rows), 2, 1);
  return control;
}

void
fxu_settings_rows_set_visible (GtkWidget *rows, GtkWidget *control, gboolean visible)
{
  GtkWidget *label;
  int row;

  gtk_grid_query_child (GTK_GRID (rows), control, NULL, &row, NULL, NULL);
  label = gtk_grid_get_child_at (GTK_GRID (rows), 0, row);
  gtk_widget_set_visible (control, visible);
  if (label != NULL)
    gtk_widget_set_visible (label, visible);
}

GtkWidget *
fxu_settings_rows_make_heading (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_widget_add_css_class (label, "section");
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  return label;
}

GtkWidget *
fxu_settings_rows_make_fold (const char *text, GtkWidget *rows)
{
  GtkWidget *fold = gtk_expander_new (text);

  gtk_widget_add_css_class (rows, "folded");
  gtk_expander_set_child (GTK_EXPANDER (fold), rows);
  return fold;
}

static char *
format_number (double value)
{
  char buffer[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (g_ascii_formatd (buffer, sizeof buffer, "%.6g", value));
}

char *
fxu_settings_step_decade (const char *text, int direction)
{
  static const double digits[] = {1.0, 2.0, 5.0, 10.0};
  double value = g_ascii_strtod (text, NULL);
  double decade, digit;
  int i;

  if (!(value > 1e-9) || value >= 1e6)
    return NULL;

  decade = pow (10.0, floor (log10 (value) + 1e-9));
  digit = value / decade;
  if (direction > 0)
    for (i = 0; digits[i] <= digit * 1.001; i++)
      ;
  else
    for (i = 3; digits[i] >= digit * 0.999 && i > 0; i--)
      ;
  if (direction < 0 && digits[i] >= digit * 0.999)
    value = decade * 0.5;
  else
    value = decade * digits[i];
  return format_number (value);
}

char *
fxu_settings_step_double (const char *text, int direction)
{
  guint64 value = g_ascii_strtoull (text, NULL, 10);

  value = direction > 0 ? value * 2 : value / 2;
  return g_strdup_printf ("%u", (guint)CLAMP (value, 1, 1000000));
}

char *
fxu_settings_step_five (const char *text, int direction)
{
  return format_number (CLAMP (g_ascii_strtod (text, NULL) + 5.0 * direction, 0.0, 50.0));
}

char *
fxu_settings_step_share (const char *text, int direction)
{
  return format_number (
    CLAMP (g_ascii_strtod (text, NULL) + SHARE_STEP * direction, 0.0, 1.0 - SHARE_STEP));
}

char *
fxu_settings_step_one (const char *text, int direction)
{
  return format_number (MAX (0.0, g_ascii_strtod (text, NULL) + direction));
}

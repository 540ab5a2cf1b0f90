/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "bench-table.h"
#include "json-writer.h"

#include <glib/gi18n.h>
#include <math.h>

#define N_COLUMNS 12

/* The least width of the columns; a longer title, translated, makes one wider. */
static const struct
{
  const char *title;
  int width;
} columns[N_COLUMNS] = {
  {"", -2},
  {N_ ("network"), -9},
  {N_ ("batch"), 5},
  {N_ ("samples/s"), 9},
  {N_ ("GOP/s"), 5},
  {N_ ("multiply"), 8},
  {N_ ("lower"), 5},
  {N_ ("quantize"), 8},
  {N_ ("statistics"), 5},
  {N_ ("other"), 5},
  {N_ ("first step"), 6},
  {N_ ("memory"), 6},
};

JsonNode *
fxa_bench_build_json (const FxpBench *bench,
                      const FxpBenchResult *result,
                      gint64 peak_memory,
                      double first_step)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_json_add_text (builder, "workload", bench->workload->name);
  fxa_json_add_text (builder, "network", bench->workload->network);
  fxa_json_add_text (builder, "topology", bench->workload->topology);
  fxa_json_add_integer (builder, "batch", bench->workload->batch);
  fxa_json_add_text (builder, "format", fxp_words_get_nick (bench->words));
  fxa_json_add_text (builder, "rounding", fxp_rounding_get_nick (bench->rounding));
  fxa_json_add_boolean (builder, "twin", bench->twin);
  fxa_json_add_integer (builder, "threads", bench->n_threads);
  fxa_json_add_text (builder, "vectors", fxp_bench_get_vectors ());
  fxa_json_add_number (builder, "samples_per_second", result->samples_per_second);
  fxa_json_begin_array (builder, "windows");
  for (guint i = 0; i < FXP_BENCH_N_WINDOWS; i++)
    json_builder_add_double_value (builder, result->windows[i]);
  json_builder_end_array (builder);
  fxa_json_add_number (builder, "processors", result->processors);
  fxa_json_begin_object (builder, "stages");
  for (guint stage = 0; stage < FXP_BENCH_N_STAGES; stage++)
    fxa_json_add_number (builder, fxp_bench_get_stage_nick (stage), result->shares[stage]);
  json_builder_end_object (builder);
  fxa_json_add_integer (builder, "peak_memory_bytes", peak_memory);
  fxa_json_add_number (builder, "first_step_seconds", first_step);
  fxa_json_add_integer (builder,
                        "multiply_adds_per_sample",
                        fxp_workload_get_n_multiplies (bench->workload));
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}

/* Padding counts characters, not bytes. */
static void
print_cell (guint column, const char *text)
{
  const char *title = columns[column].title[0] != '\0' ? _ (columns[column].title) : "";
  int width = MAX (ABS (columns[column].width), (int)g_utf8_strlen (title, -1));
  int padding = MAX (width - (int)g_utf8_strlen (text, -1), 0);

  if (columns[column].width < 0)
    g_print ("%s%*s", text, padding, "");
  else
    g_print ("%*s%s", padding, "", text);
  g_print (column + 1 < N_COLUMNS ? "  " : "\n");
}

void
fxa_bench_print_head (const FxpBench *bench)
{
  g_autofree char *words =
    bench->words == FXP_WORDS_PAPER
      ? g_strdup (_ ("W 14, A 8, G_W 12, G_A 11, W_acc 16 bits"))
      : g_strdup_printf (_ ("words of %s bits"), fxp_words_get_nick (bench->words));
  g_autofree char *threads =
    g_strdup_printf (ngettext ("%u thread", "%u threads", bench->n_threads), bench->n_threads);

  /* translators: word lengths, a kind of rounding, how many threads, the processor's vector
   * instructions */
  g_print (_ ("%s, rounding %s, %s, vectors %s"),
           words,
           fxp_rounding_get_nick (bench->rounding),
           threads,
           fxp_bench_get_vectors ());
  g_print ("%s\n\n", bench->twin ? _ (", with float twin") : "");
  for (guint column = 0; column < N_COLUMNS; column++)
    print_cell (column, columns[column].title[0] != '\0' ? _ (columns[column].title) : "");
}

/* Three significant digits at least. */
static char *
format_rate (double rate)
{
  double digits = floor (log10 (rate));

  return g_strdup_printf ("%.*f", CLAMP (2 - (int)digits, 0, 2), rate);
}

void
fxa_bench_print_row (JsonObject *measured)
{
  JsonObject *stages = json_object_get_object_member (measured, "stages");
  double rate = json_object_get_double_member (measured, "samples_per_second");
  double n_multiplies = json_object_get_double_member (measured, "multiply_adds_per_sample");
  const char *const texts[] = {"workload", "network"};
  const double shares[] = {
    json_object_get_double_member (stages, "multiply"),
    json_object_get_double_member (stages, "lower"),
    json_object_get_double_member (stages, "quantize"),
    json_object_get_double_member (stages, "statistics"),
    json_object_get_double_member (stages, "other"),
  };
  g_autoptr (GPtrArray) cells = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (cells, g_strdup (json_object_get_string_member (measured, texts[i])));
  g_ptr_array_add (cells,
                   g_strdup_printf ("%d", (int)json_object_get_int_member (measured, "batch")));
  g_ptr_array_add (cells, format_rate (rate));
  g_ptr_array_add (cells, format_rate (2 * n_multiplies * rate * 1e-9));
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    g_ptr_array_add (cells, g_strdup_printf ("%.0f %%", 100 * shares[i]));
  g_ptr_array_add (cells,
                   g_strdup_printf ("%.3f s",
                                    json_object_get_double_member (measured,
                                                                   "first_step_seconds")));
  g_ptr_array_add (cells,
                   g_strdup_printf ("%.0f MB",
                                    (double)json_object_get_int_member (measured,
                                                                        "peak_memory_bytes") /
                                      1e6));
  for (guint column = 0; column < cells->len; column++)
    print_cell (column, cells->pdata[column]);
}

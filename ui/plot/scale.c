/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/scale.h"

#include <math.h>
#include <string.h>

#define HUGE_VALUE 1e290 /* spans of larger values could overflow */
#define SNAP       1e-9  /* quotients this near an integer are that integer */
#define MIN_FILL   0.3   /* data filling less of a range than this get a new one */
#define INTERVALS  5     /* wanted between the ends of a fitted range */

static double
power_of_ten (int exponent)
{
  /* pow() of a negative exponent is a little less exact than this quotient. */
  return exponent >= 0 ? pow (10.0, exponent) : 1.0 / pow (10.0, -exponent);
}

static int
decimal_exponent (double value)
{
  return (int)floor (log10 (fabs (value)) + SNAP);
}

/* The least of 1, 2, 5 times a power of ten that is not below @raw. */
static double
nice_step (double raw)
{
  double magnitude = power_of_ten (decimal_exponent (raw));
  double ratio = raw / magnitude;

  if (ratio <= 1.0 + SNAP)
    return magnitude;
  if (ratio <= 2.0 + SNAP)
    return 2.0 * magnitude;
  if (ratio <= 5.0 + SNAP)
    return 5.0 * magnitude;
  return 10.0 * magnitude;
}

static FxuScale
fit_linear (double min, double max)
{
  FxuScale scale = {.is_log = FALSE};
  double least = MAX (fabs (min), fabs (max)) * 1e-9;
  double step;

  if (max - min <= MAX (least, 1e-290))
    {
      double pad = max == 0.0 ? 1.0 : MAX (fabs (max) * 0.1, 1e-280);

      min -= pad;
      max += pad;
    }
  else if (min > 0.0 && min < 0.6 * max)
    {
      min = 0.0;
    }
  else if (max < 0.0 && max > 0.6 * min)
    {
      max = 0.0;
    }
  step = nice_step ((max - min) / INTERVALS);
  scale.min = floor (min / step + SNAP) * step + 0.0;
  scale.max = ceil (max / step - SNAP) * step + 0.0;
  return scale;
}

/* The nearest of 1, 2, 5 times a power of ten on the given side of @value. */
static double
log_end (double value, gboolean upper)
{
  static const double mantissas[] = {1.0, 2.0, 5.0, 10.0};
  double magnitude = power_of_ten (decimal_exponent (value));
  double ratio = value / magnitude;

  if (upper)
    {
      for (guint i = 0; i < G_N_ELEMENTS (mantissas); i++)
        if (mantissas[i] >= ratio * (1.0 - SNAP))
          return mantissas[i] * magnitude;
    }
  else
    {
      for (guint i = G_N_ELEMENTS (mantissas); i-- > 0;)
        if (mantissas[i] <= ratio * (1.0 + SNAP))
          return mantissas[i] * magnitude;
    }
  return magnitude;
}

static FxuScale
fit_log (double min, double max)
{
  FxuScale scale = {.is_log = TRUE};

  scale.min = log_end (min, FALSE);
  scale.max = log_end (max, TRUE);
  if (scale.max < scale.min * 2.0)
    {
      scale.min = log_end (scale.min * 0.7, FALSE);
      scale.max = log_end (scale.max * 1.4, TRUE);
    }
  return scale;
}

FxuScale
fxu_scale_fit (double min, double max, gboolean is_log)
{
  min = CLAMP (min, -HUGE_VALUE, HUGE_VALUE);
  max = CLAMP (max, min, HUGE_VALUE);
  if (!is_log)
    return fit_linear (min, max);
  min = MAX (min, 1.0 / HUGE_VALUE);
  return fit_log (min, MAX (min, max));
}

gboolean
fxu_scale_follow (FxuScale *self, double min, double max, gboolean held)
{
  double low = fxu_scale_get_position (self, min);
  double high = fxu_scale_get_position (self, max);
  FxuScale fitted;

  if (low >= -SNAP && high <= 1.0 + SNAP && (held || high - low >= MIN_FILL))
    return FALSE;
  fitted = fxu_scale_fit (min, max, self->is_log);
  if (held)
    {
      fitted.min = MIN (fitted.min, self->min);
      fitted.max = MAX (fitted.max, self->max);
    }
  if (fitted.min == self->min && fitted.max == self->max)
    return FALSE;
  *self = fitted;
  return TRUE;
}

double
fxu_scale_round_up (double x)
{
  static const double ladder[] =
    {1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.5, 3.0, 3.5, 4.0, 4.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0};
  double magnitude;

  if (!(x > 0.0) || x > HUGE_VALUE)
    return 1.0;
  magnitude = power_of_ten (decimal_exponent (x));
  for (guint i = 0; i < G_N_ELEMENTS (ladder); i++)
    if (ladder[i] >= x / magnitude * (1.0 - SNAP))
      return ladder[i] * magnitude;
  return 10.0 * magnitude;
}

double
fxu_scale_get_position (const FxuScale *self, double value)
{
  if (!self->is_log)
    return (value - self->min) / (self->max - self->min);
  if (value <= 0.0)
    return -INFINITY;
  return (log (value) - log (self->min)) / (log (self->max) - log (self->min));
}

double
fxu_scale_get_value (const FxuScale *self, double position)
{
  if (self->is_log)
    return exp (log (self->min) * (1.0 - position) + log (self->max) * position);
  return self->min + position * (self->max - self->min);
}

/* Small raised figures. */
static void
append_power (GString *text, int base, int exponent)
{
  static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
  char digits[16];

  g_string_append_printf (text, "%d", base);
  if (exponent < 0)
    g_string_append (text, "⁻");
  g_snprintf (digits, sizeof digits, "%d", ABS (exponent));
  for (const char *p = digits; *p != '\0'; p++)
    g_string_append (text, raised[g_ascii_digit_value (*p)]);
}

/* With the minus sign of typography, as wide as a figure. */
static void
append_number (GString *text, double value, int decimals)
{
  if (value < 0.0)
    g_string_append (text, "−");
  g_string_append_printf (text, "%.*f", decimals, fabs (value));
}

/* All labels of one axis share unit and decimals, so that they differ wherever their values do. */
typedef struct
{
  double divisor;
  int decimals;
  int exponent; /* power of ten written behind, 0: none */
  char suffix;  /* k, M, G or 0 */
} TickFormat;

static TickFormat
choose_format (double extreme, double step)
{
  static const struct
  {
    double unit;
    char suffix;
  } units[] = {{1e9, 'G'}, {1e6, 'M'}, {1e3, 'k'}};
  TickFormat format = {.divisor = 1.0};

  if (extreme >= 1e12 || extreme < 1e-4)
    {
      format.exponent = decimal_exponent (extreme);
      format.divisor = power_of_ten (format.exponent);
    }
  for (guint i = 0; i < G_N_ELEMENTS (units) && format.exponent == 0; i++)
    {
      double from = units[i].unit == 1e3 ? 1e4 : units[i].unit;

      if (extreme >= from && step >= units[i].unit * 0.099)
        {
          format.divisor = units[i].unit;
          format.suffix = units[i].suffix;
          break;
        }
    }
  format.decimals = MAX (0, -decimal_exponent (step / format.divisor));
  return format;
}

static void
write_label (const TickFormat *format, FxuTick *tick)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_number (text, tick->value / format->divisor, format->decimals);
  if (tick->value != 0.0 && format->exponent != 0)
    {
      g_string_append (text, "×");
      append_power (text, 10, format->exponent);
    }
  else if (tick->value != 0.0 && format->suffix != 0)
    {
      g_string_append_c (text, format->suffix);
    }
  if (tick->value == 0.0)
    g_string_assign (text, "0");
  g_strlcpy (tick->label, text->str, sizeof tick->label);
}

static guint
make_linear_ticks (const FxuScale *self, guint n_wanted, FxuTick *ticks)
{
  double step, first, last;
  TickFormat format;
  guint n = 0;

  /* A single tick would leave the reader without a measure. */
  do
    {
      step = nice_step ((self->max - self->min) / MAX (n_wanted, 1));
      first = ceil (self->min / step - SNAP);
      last = floor (self->max / step + SNAP);
    }
  while (last <= first && n_wanted++ < 8);

  format = choose_format (MAX (fabs (self->min), fabs (self->max)), step);
  for (double i = first; i <= last && n < FXU_TICKS_MAX; i += 1.0, n++)
    {
      ticks[n].value = i * step + 0.0;
      ticks[n].is_major = TRUE;
      write_label (&format, &ticks[n]);
    }
  return n;
}

static void
write_log_label (FxuTick *tick, int mantissa, int exponent)
{
  g_autoptr (GString) text = g_string_new (NULL);

  if (exponent >= -3 && exponent <= 3)
    {
      append_number (text, tick->value, MAX (0, -exponent));
    }
  else
    {
      if (mantissa != 1)
        g_string_append_printf (text, "%d×", mantissa);
      append_power (text, 10, exponent);
    }
  g_strlcpy (tick->label, text->str, sizeof tick->label);
}

/* How many multiples of @stride lie in @first..@last. */
static int
count_multiples (int first, int last, int stride)
{
  int n = 0;

  for (int k = first; k <= last; k++)
    n += k % stride == 0;
  return n;
}

static guint
make_log_ticks (const FxuScale *self, guint n_wanted, FxuTick *ticks)
{
  double decades = log10 (self->max) - log10 (self->min);
  int low = decimal_exponent (self->min);
  int high = decimal_exponent (self->max);
  int first = low + (power_of_ten (low) < self->min * (1.0 - SNAP));
  int stride = MAX (1, (int)ceil (decades / MAX (n_wanted, 1)));
  gboolean between = 3.0 * decades <= n_wanted + 1.0 || first >= high;
  guint n = 0;

  while (stride > 1 && count_multiples (first, high, stride) < 2)
    stride--;
  for (int k = low; k <= high; k++)
    {
      for (int mantissa = 1; mantissa < 10; mantissa++)
        {
          double value = mantissa * power_of_ten (k);
          gboolean on_axis = value >= self->min * (1.0 - SNAP) && value <= self->max * (1.0 + SNAP);
          gboolean labelled =
            mantissa == 1 ? k % stride == 0 : between && (mantissa == 2 || mantissa == 5);

          if (!on_axis || n == FXU_TICKS_MAX ||
              (!labelled && decades > (mantissa > 1 ? 6.0 : 30.0)))
            continue;
          ticks[n] = (FxuTick){.value = value, .is_major = labelled};
          if (labelled)
            write_log_label (&ticks[n], mantissa, k);
          n++;
        }
    }
  return n;
}

guint
fxu_scale_make_ticks (const FxuScale *self, guint n_wanted, FxuTick ticks[FXU_TICKS_MAX])
{
  g_return_val_if_fail (self->min < self->max, 0);

  /* Between two powers of ten there may be no round number but those of a linear axis. */
  if (self->is_log && self->max / self->min >= 5.0)
    return make_log_ticks (self, n_wanted, ticks);
  return make_linear_ticks (self, n_wanted, ticks);
}

char *
fxu_scale_format_reading (double value)
{
  g_autoptr (GString) text = g_string_new (NULL);
  double size = fabs (value);

  if (isnan (value))
    return g_strdup ("NaN");
  if (isinf (value))
    return g_strdup (value > 0.0 ? "∞" : "−∞");
  if (size < 1e6 && value == rint (value))
    {
      append_number (text, value, 0);
    }
  else if (size < 1e-3 || size >= 1e6)
    {
      int exponent = decimal_exponent (value);

      append_number (text, value / power_of_ten (exponent), 2);
      g_string_append (text, "×");
      append_power (text, 10, exponent);
    }
  else
    {
      append_number (text, value, size < 1.0 ? 4 : size < 10.0 ? 3 : size < 100.0 ? 2 : 1);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
fxu_scale_format_power (int base, int exponent)
{
  g_autoptr (GString) text = g_string_new (NULL);

  append_power (text, base, exponent);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

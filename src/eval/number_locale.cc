#include "eval/number_locale.h"

#include <algorithm>

namespace vif::eval {
namespace {

struct Known {
  NumberLocale locale;
  std::string_view names;  // in lower case, each with a blank after it
};

constexpr Known kKnown[] = {
    {{'.', ',', true, false},
     "ar_ae ar_bh ar_dz ar_eg ar_in ar_iq ar_jo ar_kw ar_lb ar_ly ar_ma ar_om ar_qa ar_sd ar_sy "
     "ar_tn "
     "ar_ye en_au en_ca en_gb en_nz en_ph en_us en_za en_zw es_do es_gt es_hn es_mx es_ni es_pa "
     "es_pe "
     "es_pr es_sv es_us gu_in he_il hi_in ja_jp ko_kr ms_my th_th ur_pk zh_cn zh_hk zh_tw "},
    {{'.', ',', false, false}, "ar_sa sr_rs "},
    {{',', '.', true, false},
     "be_by da_dk de_be de_de de_lu es_ar es_bo es_cl es_co es_ec es_es es_py es_uy es_ve fo_fo "
     "hu_hu "
     "id_id is_is lt_lt mn_mn nb_no no_no ro_ro ru_ua sq_al tr_tr uk_ua vi_vn "},
    {{',', '\0', true, false}, "bg_bg "},
    {{',', '.', false, false},
     "ca_es de_at el_gr eu_es fr_be fr_ca fr_ch fr_fr fr_lu gl_es hr_hr it_it nl_be nl_nl pl_pl "
     "pt_br "
     "pt_pt sl_si "},
    {{',', ' ', true, false}, "cs_cz es_cr et_ee fi_fi lv_lv mk_mk ru_ru sk_sk sv_fi sv_se "},
    {{'.', '\'', true, false}, "de_ch "},
    {{'.', ',', true, true}, "en_in ta_in te_in "},
    {{',', '\'', true, false}, "it_ch rm_ch "},
};

}  // namespace

bool find_number_locale(std::string_view name, NumberLocale& out) {
  constexpr size_t kNameLength = 5;
  std::string lower(name);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  out = {};
  if (lower.size() != kNameLength || lower.find(' ') != std::string::npos) return false;
  for (const Known& known : kKnown) {
    if (known.names.find(lower) == std::string_view::npos) continue;
    out = known.locale;
    return true;
  }
  return false;
}

std::string grouped_number(std::string_view number, const NumberLocale& locale) {
  const size_t sign = number.starts_with('-') ? 1 : 0;
  const size_t point = std::min(number.find('.'), number.size());
  std::string out(number.substr(0, sign));
  constexpr size_t kGroup = 3;
  for (size_t i = sign; i < point; ++i) {
    const size_t left = point - i;
    const bool starts =
        locale.in_pairs ? left == kGroup || (left > kGroup && left % 2 == 1) : left % kGroup == 0;
    if (locale.grouped && i > sign && starts) out += locale.separator;
    out += number[i];
  }
  if (point == number.size()) return out;
  out += locale.point;
  return out + std::string(number.substr(point + 1));
}

}  // namespace vif::eval

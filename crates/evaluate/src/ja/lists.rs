//! Names, places and buildings of synthetic people in Japan.

/// Given names of the people born before `until`, most popular first, as `kanji kana`.
///
/// Tops of the yearly lists published by insurers, from memory; less popular names come from the pack's list
/// of given names.
pub(crate) struct Cohort {
    pub(crate) until: u16,
    pub(crate) male: &'static str,
    pub(crate) female: &'static str,
    /// The larger, the more uniform the names' frequencies.
    pub(crate) flatness: u64,
    /// Frequency of girls' names in コ (子) relative to other names, in eighths: estimated from their share of
    /// the yearly tops.
    pub(crate) ko: u64,
}

pub(crate) const COHORTS: [Cohort; 10] = [
    Cohort {
        until: 1930,
        male: "清 キヨシ, 正雄 マサオ, 茂 シゲル, 三郎 サブロウ, 正 タダシ, 勇 イサム, 武 タケシ, 正一 ショウイチ, 一郎 イチロウ, 実 ミノル, 義雄 ヨシオ, 辰雄 タツオ",
        female: "和子 カズコ, 幸子 サチコ, 文子 フミコ, 千代子 チヨコ, 節子 セツコ, 久子 ヒサコ, 美代子 ミヨコ, 芳子 ヨシコ, 静子 シズコ, 愛子 アイコ, 春子 ハルコ, 君子 キミコ",
        flatness: 6,
        ko: 64,
    },
    Cohort {
        until: 1940,
        male: "清 キヨシ, 勇 イサム, 実 ミノル, 茂 シゲル, 弘 ヒロシ, 正 タダシ, 勝 マサル, 進 ススム, 昭 アキラ, 昭二 ショウジ, 博 ヒロシ, 豊 ユタカ",
        female: "和子 カズコ, 幸子 サチコ, 節子 セツコ, 洋子 ヨウコ, 弘子 ヒロコ, 美代子 ミヨコ, 恵子 ケイコ, 久子 ヒサコ, 京子 キョウコ, 悦子 エツコ, 文子 フミコ, 孝子 タカコ",
        flatness: 6,
        ko: 80,
    },
    Cohort {
        until: 1950,
        male: "勇 イサム, 進 ススム, 勝 マサル, 清 キヨシ, 博 ヒロシ, 修 オサム, 稔 ミノル, 勲 イサオ, 隆 タカシ, 功 イサオ, 和夫 カズオ, 孝 タカシ, 昇 ノボル, 武 タケシ",
        female: "和子 カズコ, 幸子 サチコ, 節子 セツコ, 洋子 ヨウコ, 弘子 ヒロコ, 勝子 カツコ, 恵子 ケイコ, 美智子 ミチコ, 京子 キョウコ, 紀子 ノリコ, 悦子 エツコ, 信子 ノブコ",
        flatness: 6,
        ko: 64,
    },
    Cohort {
        until: 1960,
        male: "茂 シゲル, 隆 タカシ, 誠 マコト, 修 オサム, 博 ヒロシ, 清 キヨシ, 正 タダシ, 和夫 カズオ, 明 アキラ, 豊 ユタカ, 浩 ヒロシ, 正人 マサト, 健一 ケンイチ, 進 ススム",
        female: "恵子 ケイコ, 京子 キョウコ, 洋子 ヨウコ, 由美子 ユミコ, 幸子 サチコ, 和子 カズコ, 久美子 クミコ, 明美 アケミ, 順子 ジュンコ, 真理子 マリコ, 裕子 ユウコ, 典子 ノリコ",
        flatness: 6,
        ko: 48,
    },
    Cohort {
        until: 1970,
        male: "誠 マコト, 浩 ヒロシ, 隆 タカシ, 健一 ケンイチ, 聡 サトシ, 修 オサム, 剛 ツヨシ, 学 マナブ, 浩二 コウジ, 直樹 ナオキ, 哲也 テツヤ, 浩一 コウイチ, 英樹 ヒデキ",
        female: "由美子 ユミコ, 明美 アケミ, 久美子 クミコ, 真由美 マユミ, 恵子 ケイコ, 裕子 ユウコ, 智子 トモコ, 幸子 サチコ, 直美 ナオミ, 純子 ジュンコ, 恵美 エミ, 香織 カオリ, 美由紀 ミユキ",
        flatness: 8,
        ko: 24,
    },
    Cohort {
        until: 1980,
        male: "誠 マコト, 大輔 ダイスケ, 健一 ケンイチ, 剛 ツヨシ, 健太郎 ケンタロウ, 直樹 ナオキ, 哲也 テツヤ, 学 マナブ, 亮 リョウ, 健 ケン, 洋平 ヨウヘイ, 洋介 ヨウスケ, 雅人 マサト",
        female: "陽子 ヨウコ, 裕子 ユウコ, 智子 トモコ, 久美子 クミコ, 真由美 マユミ, 直美 ナオミ, 恵 メグミ, 香織 カオリ, 純子 ジュンコ, 美穂 ミホ, 美香 ミカ, 優子 ユウコ, 理恵 リエ",
        flatness: 11,
        ko: 10,
    },
    Cohort {
        until: 1990,
        male: "大輔 ダイスケ, 直樹 ナオキ, 翔太 ショウタ, 誠 マコト, 健太 ケンタ, 拓也 タクヤ, 達也 タツヤ, 亮 リョウ, 翔 ショウ, 大樹 ダイキ, 和也 カズヤ, 裕太 ユウタ, 雄太 ユウタ",
        female: "愛 アイ, 恵 メグミ, 麻衣 マイ, 彩 アヤ, 裕子 ユウコ, 香織 カオリ, 美穂 ミホ, 麻美 アサミ, 舞 マイ, 智子 トモコ, 亜希子 アキコ, 美里 ミサト, 千尋 チヒロ",
        flatness: 15,
        ko: 5,
    },
    Cohort {
        until: 2000,
        male: "翔太 ショウタ, 拓也 タクヤ, 健太 ケンタ, 大樹 ダイキ, 翔 ショウ, 大輝 ダイキ, 駿 シュン, 亮 リョウ, 大貴 ダイキ, 拓海 タクミ, 直人 ナオト, 海斗 カイト, 翼 ツバサ",
        female: "美咲 ミサキ, 愛 アイ, 彩 アヤ, 萌 モエ, 愛美 マナミ, 麻衣 マイ, 舞 マイ, 優花 ユウカ, 千夏 チナツ, 遥 ハルカ, 桃子 モモコ, 茜 アカネ, 楓 カエデ",
        flatness: 20,
        ko: 3,
    },
    Cohort {
        until: 2010,
        male: "翔 ショウ, 大輝 ダイキ, 蓮 レン, 陸 リク, 翔太 ショウタ, 海斗 カイト, 颯太 ソウタ, 拓海 タクミ, 大翔 ヒロト, 優斗 ユウト, 翼 ツバサ, 悠斗 ユウト, 匠 タクミ, 駿 シュン",
        female: "さくら サクラ, 葵 アオイ, 陽菜 ヒナ, 美羽 ミウ, 美咲 ミサキ, 七海 ナナミ, 凛 リン, 結衣 ユイ, 優奈 ユウナ, 未来 ミク, 萌 モエ, 楓 カエデ, 彩花 アヤカ, 莉子 リコ",
        flatness: 28,
        ko: 1,
    },
    Cohort {
        until: u16::MAX,
        male: "蓮 レン, 湊 ミナト, 大翔 ヒロト, 悠真 ユウマ, 陽翔 ハルト, 樹 イツキ, 律 リツ, 朝陽 アサヒ, 蒼 アオイ, 碧 アオ, 颯太 ソウタ, 陽太 ヨウタ, 伊織 イオリ, 暖 ダン, 凪 ナギ",
        female: "結衣 ユイ, 陽菜 ヒナ, 葵 アオイ, 凛 リン, 陽葵 ヒマリ, 紬 ツムギ, 莉子 リコ, 芽依 メイ, 結菜 ユナ, 杏 アン, 美桜 ミオ, 澪 ミオ, 咲良 サクラ, 心春 コハル, 結愛 ユア, 翠 スイ",
        flatness: 28,
        ko: 1,
    },
];

/// Kanji and readings from which rare surnames are composed: first, middle and last parts.
pub(crate) const SURNAME_STARTS: &str = "山 ヤマ, 石 イシ, 小 オ, 大 オオ, 上 カミ, 下 シモ, 中 ナカ, 西 ニシ, 東 ヒガシ, 南 ミナミ, 北 キタ, 高 タカ, 古 フル, 新 ニイ, 竹 タケ, 松 マツ, 杉 スギ, 梅 ウメ, 桜 サクラ, 藤 フジ, 岩 イワ, 白 シロ, 黒 クロ, 赤 アカ, 青 アオ, 金 カネ, 水 ミズ, 若 ワカ, 吉 ヨシ, 福 フク, 安 ヤス, 飯 イイ, 今 イマ, 木 キ, 草 クサ, 熊 クマ, 桑 クワ, 鳥 トリ, 永 ナガ, 浅 アサ, 深 フカ, 平 ヒラ, 広 ヒロ, 丸 マル, 宮 ミヤ, 森 モリ, 柳 ヤナギ, 横 ヨコ, 渡 ワタ, 須 ス, 鶴 ツル, 亀 カメ, 富 トミ, 関 セキ, 沢 サワ, 滝 タキ, 浜 ハマ, 坂 サカ, 塚 ツカ, 谷 タニ, 玉 タマ, 花 ハナ, 早 ハヤ, 秋 アキ";
pub(crate) const SURNAME_MIDDLES: &str = "山 ヤマ, 田 タ, 川 カワ, 野 ノ, 井 イ, 木 キ, 谷 ヤ, 沢 サワ, 原 ハラ, 島 シマ, 森 モリ, 林 バヤシ, 宮 ミヤ, 久 ク, 塚 ツカ, 池 イケ, 小 コ, 佐 サ";
pub(crate) const SURNAME_ENDS: &str = "田 ダ, 山 ヤマ, 川 カワ, 村 ムラ, 井 イ, 本 モト, 野 ノ, 原 ハラ, 島 シマ, 口 グチ, 内 ウチ, 尾 オ, 崎 サキ, 沢 サワ, 谷 タニ, 木 キ, 橋 ハシ, 林 バヤシ, 岡 オカ, 塚 ツカ, 浦 ウラ, 瀬 セ, 部 ベ, 坂 サカ, 地 チ, 場 バ, 森 モリ, 宮 ミヤ, 道 ミチ, 津 ツ, 戸 ト, 根 ネ, 城 シロ, 淵 フチ, 岸 ギシ, 倉 クラ, 園 ゾノ, 池 イケ, 丸 マル, 越 コシ, 保 ホ, 江 エ, 葉 バ, 石 イシ, 垣 ガキ";

/// A nationality of foreign residents: its frequency, and names as `LATIN kana` or `LATIN kana kanji`.
pub(crate) struct Foreign {
    /// Percentage of foreign households.
    pub(crate) share: u64,
    pub(crate) families: &'static str,
    pub(crate) male: &'static str,
    pub(crate) female: &'static str,
    /// Percentage who use a Japanese name in daily life.
    pub(crate) alias: u64,
}

pub(crate) const FOREIGN: [Foreign; 6] = [
    Foreign {
        share: 26,
        families: "WANG オウ 王, LI リ 李, ZHANG チョウ 張, LIU リュウ 劉, CHEN チン 陳, YANG ヨウ 楊, ZHAO チョウ 趙, HUANG コウ 黄, ZHOU シュウ 周, WU ゴ 呉, XU ジョ 徐, SUN ソン 孫, MA バ 馬, ZHU シュ 朱, HU コ 胡, GUO カク 郭, HE カ 何, LIN リン 林, GAO コウ 高, LUO ラ 羅",
        male: "WEI イ 偉, JUN グン 軍, QIANG キョウ 強, LEI ライ 磊, YANG ヨウ 洋, YONG ユウ 勇, JIE ケツ 傑, TAO トウ 涛, MING メイ 明, CHAO チョウ 超, PING ヘイ 平, GANG ゴウ 剛, HAO コウ 浩, BO ハク 波",
        female: "FANG ホウ 芳, NA ナ 娜, XIUYING シュウエイ 秀英, MIN ビン 敏, JING セイ 静, LI レイ 麗, YAN エン 艶, JUAN ケン 娟, XIA カ 霞, HONG コウ 紅, YING エイ 英, XUE セツ 雪, LING レイ 玲, TING テイ 婷",
        alias: 15,
    },
    Foreign {
        share: 18,
        families: "NGUYEN グエン, TRAN チャン, LE レ, PHAM ファム, HOANG ホアン, VU ヴー, DANG ダン, BUI ブイ, DO ドー, HO ホー, NGO ゴー, DUONG ズオン, LY リー, PHAN ファン",
        male: "VAN HUNG ヴァン フン, VAN AN ヴァン アン, MINH TUAN ミン トゥアン, DUC ANH ドゥック アイン, QUOC BAO クオック バオ, VAN NAM ヴァン ナム, THANH LONG タイン ロン, VAN DUNG ヴァン ズン, HUU PHUOC フー フオック, XUAN TRUONG スアン チュオン",
        female: "THI LAN ティ ラン, THI HOA ティ ホア, THI MAI ティ マイ, THU HUONG トゥー フオン, THI LINH ティ リン, THI NGOC ティ ゴック, THUY DUNG トゥイ ズン, THI HANG ティ ハン, KIM ANH キム アイン, THI TRANG ティ チャン",
        alias: 3,
    },
    Foreign {
        share: 16,
        families: "KIM キム 金, LEE イ 李, PARK パク 朴, CHOI チェ 崔, JUNG チョン 鄭, KANG カン 姜, CHO チョ 趙, YOON ユン 尹, JANG チャン 張, LIM イム 林, HAN ハン 韓, OH オ 呉, SEO ソ 徐, SHIN シン 申, KWON クォン 権, HWANG ファン 黄",
        male: "MYUNGSOO ミョンス 明洙, MINHO ミノ 敏浩, JIHOON ジフン 志勲, SUNGJIN ソンジン 成鎮, YOUNGHO ヨンホ 永浩, DONGHYUN ドンヒョン 東賢, JUNHO ジュノ 俊昊, CHULSOO チョルス 哲洙, HYUNWOO ヒョヌ 賢宇, KYUNGSOO キョンス 京洙",
        female: "YOUNGHEE ヨンヒ 英姫, MINJI ミンジ 敏智, JIYEON ジヨン 智妍, SOOJIN スジン 秀珍, EUNJI ウンジ 恩智, HYEJIN ヘジン 恵珍, SUNHEE ソニ 善姫, MIYOUNG ミヨン 美英, JISOO ジス 智秀, KYUNGHEE キョンヒ 京姫",
        alias: 60,
    },
    Foreign {
        share: 14,
        families: "SANTOS サントス, REYES レイエス, CRUZ クルズ, BAUTISTA バウティスタ, GARCIA ガルシア, MENDOZA メンドーサ, TORRES トーレス, RAMOS ラモス, FLORES フローレス, AQUINO アキノ, CASTRO カストロ, VILLANUEVA ビラヌエバ",
        male: "JOSE ホセ, JUAN フアン, MARK ANTHONY マーク アンソニー, JOHN PAUL ジョン ポール, RAMON ラモン, CARLOS カルロス, MICHAEL マイケル, ANGELO アンジェロ, RICARDO リカルド",
        female: "MARIA マリア, ANGELICA アンジェリカ, ROSE ANN ローズ アン, JENNIFER ジェニファー, MARY JANE メアリー ジェーン, CRISTINA クリスティーナ, MICHELLE ミシェル, LORNA ローナ, GRACE グレース",
        alias: 10,
    },
    Foreign {
        share: 12,
        families: "SILVA シルバ, SANTOS サントス, OLIVEIRA オリベイラ, SOUZA ソウザ, RODRIGUES ロドリゲス, FERREIRA フェレイラ, TANAKA タナカ, SATO サトウ, YAMADA ヤマダ, PEREIRA ペレイラ, LIMA リマ, GOMES ゴメス, RIBEIRO リベイロ",
        male: "JOAO CARLOS ジョアン カルロス, MARCOS マルコス, PAULO パウロ, LUCAS ルーカス, FABIO ファビオ, RAFAEL ラファエル, ANDERSON アンデルソン, EDUARDO エドゥアルド, CARLOS HENRIQUE カルロス エンリケ",
        female: "MARIA マリア, ANA PAULA アナ パウラ, JULIANA ジュリアナ, FERNANDA フェルナンダ, PATRICIA パトリシア, AMANDA アマンダ, BRUNA ブルーナ, CAMILA カミラ, MARIA EDUARDA マリア エドゥアルダ",
        alias: 20,
    },
    Foreign {
        share: 14,
        families: "SMITH スミス, JOHNSON ジョンソン, BROWN ブラウン, WILLIAMS ウィリアムズ, SHARMA シャルマ, GURUNG グルン, TAMANG タマン, SHRESTHA シュレスタ, RAI ライ, KHAN カーン, SINGH シン, MUELLER ミュラー, DUPONT デュポン, PERERA ペレラ, WIJAYA ウィジャヤ",
        male: "JOHN ジョン, DAVID デイビッド, JAMES ジェームズ, RAJ ラージ, BIKASH ビカス, SURESH スレシュ, THOMAS トーマス, ALI アリ, BUDI ブディ, PRAKASH プラカシュ",
        female: "MARY メアリー, SARAH サラ, EMMA エマ, SITA シタ, ANITA アニタ, SUNITA スニタ, ANNA アンナ, FATIMA ファティマ, DEWI デウィ, LAURA ローラ",
        alias: 4,
    },
];

/// Population of the prefectures in thousands (census of 2020), in the order of their codes.
pub(crate) const PREFECTURES: [u64; 47] = [
    5225, 1238, 1211, 2302, 960, 1068, 1833, 2867, 1933, 1939, 7345, 6284, 14048, 9237, 2201, 1035, 1133,
    767, 810, 2048, 1979, 3633, 7542, 1770, 1414, 2578, 8838, 5465, 1324, 923, 553, 671, 1888, 2800, 1342,
    720, 950, 1335, 692, 5135, 811, 1312, 1738, 1124, 1070, 1588, 1467,
];

/// Beginnings and endings of names of apartment buildings.
pub(crate) const BUILDING_STARTS: &str = "メゾン, コーポ, ハイツ, グランド, サン, パーク, シティ, ロイヤル, レジデンス, ヴィラ, エスポワール, プレジール, フォレスト, リバーサイド, クレール, ラ・フォーレ, 第二, ドミール, セントラル, ベル";
pub(crate) const BUILDING_ENDS: &str = "ハイム, マンション, コート, ヒルズ, タワー, 荘, ハウス, レジデンス, ガーデン, プラザ, テラス, 館, フラット, ビル";

/// Common kanji that look alike, for transcription errors.
pub(crate) const LOOKALIKES: &str = "大太 阿安 萩荻 菅管 壇檀 川河 弘広 美実 幸辛 裕祐 和知 由田 子了 正止 一二 未末 士土 千干 木本 間問 晴晴 浩治 明朋 真直 純鈍 香春 郎朗 輔補 彦産 雄推 恵思 智知 貴責 悠悦 翔羽";

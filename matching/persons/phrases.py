"""Turns of phrase of reports on persons: what rarity is counted on, and made of.

Each line tells one thing in the words of several people, parted by ``|``. They are the
project's own; none is from a real report.
"""

MARKS = tuple(
    tuple(line.split("|"))
    for line in """
左手臂有龍形刺青|左臂龍圖案刺青|左上臂刺龍
右手臂有玫瑰刺青|右臂刺玫瑰花|右手玫瑰圖案刺青
背部有大片刺青|後背刺滿圖騰|背上大面積刺青
小腿有疤痕|小腿處舊疤|腿上一道疤
額頭有縫合疤痕|額頭一道縫過的疤|前額舊傷疤
左臉頰有胎記|左頰紅色胎記|臉左側有胎記
右眼失明|右眼看不見|右眼義眼
缺左手小指|左手少一截小指|左手小指斷指
右手食指截斷|右手食指少一節|右食指斷
鑲金牙|有一顆金牙|上排牙齒有金牙
沒有牙齒、戴假牙|戴全口假牙|牙齒全掉
右腳跛行|走路右腳一跛一跛|行走不便，右腳拖行
持拐杖行走|拄拐杖|拿著一支拐杖
乘坐輪椅|坐輪椅|使用輪椅代步
駝背|背很駝|彎腰駝背
戴助聽器|耳朵掛助聽器|配戴助聽器
重聽|聽力不好|耳背，要大聲講話
不會說話|無法言語|瘖啞，不能說話
只會講台語|說台語，聽不懂國語|以台語溝通
只會講客家話|講客語|以客語溝通
講日語夾雜台語|會說日語|口中唸日語
重複說要回家|一直說要回家|反覆表示要回家
說要去找女兒|說要找女兒|表示要去女兒家
說要去上班|表示要去工廠上班|以為自己還在上班
戴老花眼鏡|戴眼鏡，老花|戴一副老花眼鏡
戴玉鐲|左手戴玉環|手上有玉鐲
戴金戒指|手戴金戒|戴一枚金戒指
戴佛珠手串|手腕戴佛珠|有念珠手鍊
脖子掛十字架項鍊|戴十字架項鍊|頸部十字架
手腕有住院手圈|手上有醫院手圈|戴住院手環
戴愛心手鍊|戴失智愛心手鍊|有老人愛心手鍊
頭髮全白|滿頭白髮|白頭髮
光頭|頭髮剃光|理光頭
長髮及腰|頭髮很長到腰|腰際長髮
染金色頭髮|金髮|頭髮染成金黃
綁馬尾|紮馬尾|頭髮綁起來成馬尾
留鬍子|滿臉鬍鬚|蓄鬍
戴耳環多個|耳朵多個耳洞|雙耳穿很多耳環
有唇環|嘴唇穿環|下唇有環
手臂有多道割痕|手腕有割傷舊痕|前臂自傷疤痕
有癲癇病史|曾癲癇發作|癲癇
洗腎，手臂有瘻管|左手有洗腎瘻管|洗腎病人
插鼻胃管|有鼻胃管|鼻子有管
腹部有手術疤|肚子開刀疤痕|腹部手術縫線
指甲留長|指甲很長|留長指甲
騎腳踏車外出|騎腳踏車|牽一臺腳踏車
推菜籃車|拉菜籃車|推購物車
攜帶小狗|帶一隻狗|牽著狗
帶雨傘|拿一把傘|手持雨傘
拿一袋橘子|手提一袋水果|提著橘子
身上有鑰匙一串|有一大串鑰匙|口袋一串鑰匙
有一本存摺|身上有存摺|帶郵局存簿
帶全家福照片|皮夾有全家福照|身上有家人合照
背吉他|揹吉他|帶一把吉他
穿護腰|腰部束護腰|戴護腰
左腳打石膏|左腿打石膏|左腳石膏固定
臉上有老人斑|臉部很多老人斑|面部老人斑
嘴角有痣|嘴邊一顆痣|嘴角黑痣
眉心有痣|兩眉之間有痣|眉間一顆痣
左撇子|慣用左手|用左手寫字
""".strip().splitlines()
)
"""Marks, belongings and manners, each as up to three people would write it."""

FRAMES = (
    "走失時", "外出未歸", "家屬表示", "民眾通報", "員警發現", "精神恍惚", "說不出住址",
    "無法說明身分", "未帶證件", "未帶手機", "徒步離家", "在路邊徘徊", "坐在騎樓",
    "在車站內遊蕩", "身形", "平時", "疑似失智", "情緒不穩", "最後身影", "監視器",
)  # fmt: skip
"""What stands in many reports and so says little."""

SENTENCES = tuple(
    f"{frame}，{wording}"
    for row, wordings in enumerate(MARKS)
    for place, wording in enumerate(wordings)
    for frame in (
        FRAMES[(row + 7 * place) % len(FRAMES)],
        FRAMES[(3 * row + place) % len(FRAMES)],
    )
)
"""Sentences that the rarity of a turn of phrase is counted on."""

UPPER = (
    "外套", "夾克", "背心", "毛衣", "短袖上衣", "長袖上衣", "襯衫", "T恤", "POLO衫",
    "洋裝", "睡衣", "制服", "運動服",
)  # fmt: skip
LOWER = ("長褲", "短褲", "牛仔褲", "運動褲", "裙子", "西裝褲")
FEET = ("拖鞋", "布鞋", "運動鞋", "皮鞋", "涼鞋", "赤腳")
COLOURS = (
    "黑色", "白色", "灰色", "深藍色", "藍色", "紅色", "粉紅色", "黃色", "綠色", "紫色",
    "咖啡色", "卡其色", "橘色", "花", "格子",
)  # fmt: skip
COLOUR_SHARES = (20, 14, 11, 9, 8, 8, 6, 4, 5, 4, 5, 4, 2, 5, 3)
"""How often each colour is worn: an assumption, of a hundred or so."""

FOREIGN = (
    ("Siti Dewi Sri Nur Rina Agus Budi Eka Wati Yanti Hadi Joko Ratna Indah Wahyu Tri "
     "Dwi Endang Slamet Bambang Sulastri Kartini Fitri Ayu Rizki Yuni Lina Mega Putri",
     "Aminah Lestari Wahyuni Hidayah Susanti Setiawan Santoso Rahayu Utami Kurniawan "
     "Handayani Wijaya Hartono Suryani Purnomo Maulana Saputra Astuti Nugroho Rohmah "
     "Fauziah Kusuma Marlina Pratama Suharti Wulandari Yulianti Hasanah Gunawan"),
    ("Nguyen Tran Le Pham Hoang Vo Dang Bui Do Ngo Duong Ly Phan Truong Huynh Mai",
     "Thi-Lan Van-Hung Thi-Mai Thi-Hoa Van-Nam Thi-Kim Van-Duc Thi-Thu Minh-Tuan Ngoc "
     "Thi-Huong Thi-Nga Van-Long Van-Quang Thanh-Tam Thi-Hien Duc-Anh Quoc-Bao "
     "Van-Tien Hong-Nhung Thi-Phuong Xuan-Truong Kim-Chi Thuy-Linh Van-Dung Thi-Dao "
     "Huu-Phuc Thi-Loan Bich-Ngoc Van-Khanh Thi-Yen Van-Thang Thi-Hanh My-Duyen"),
    ("Maria Jose Ana Rosalie Mark Jennifer Michael Grace Arnel Liza Jocelyn Ronald "
     "Cristina Edwin Marites Joel Analyn Rowena Jayson Melanie Noel Cherry Romeo Luz",
     "Santos Reyes Cruz Garcia Bautista Mendoza Flores Ramos Aquino Navarro Villanueva "
     "Castillo Domingo Mercado Pascual Salazar Tolentino Valdez Manalo Dizon Ocampo "
     "Ferrer Soriano Lacson"),
    ("Somchai Malee Anong Prasit Wichai Suda Kanya Narong Sombat Pranee Surachai "
     "Wandee Thawee Boonsong Chanida Ratree Anan Nittaya Somsak Duangjai",
     "Boonmee Srisuk Chaiyasit Thongdee Saetang Rattana Phromma Wongsa Kaewmanee "
     "Suwannarat Inthachak Khamkaew Panyawong Meesuk Jantarat Sukjai Yodrak Phetsri"),
    ("Yuki John David Emma Hiroshi Peter Laura Kenji Thomas Sarah Akira Daniel Julia "
     "Satoshi Robert Anna Naoko James",
     "Tanaka Miller Smith Johnson Suzuki Weber Martin Sato Brown Fischer Yamamoto "
     "Taylor Watanabe Walker Moreau Kobayashi Wilson Nakamura"),
)  # fmt: skip
"""First and later words of names of people from elsewhere, a line of either for each of
five regions; drawn together they are meant to be nobody. ``-`` parts two words."""

INDIGENOUS = (
    "巴奈 達立 阿道 伊布 瓦旦 尤命 莎韻 比雅 谷木 拉罕 都蘭 優瑪 娜高 馬紹 撒韻 哈勇 "
    "達給 吉娃 阿洛 巴頌 依漾 卡照 樂信 烏瑪 里慕伊 沙里朗 亞威 比浩 蘇達 瑪雅 尼坎 "
    "瓦浪 拉娃 阿布娪 伊凡 達基 撒布 吾木 姑目 馬撒",
    "達立夫 谷辣斯 阿穆依 卡沙布 馬耀 比令 諾幹 哈雅 伊斯坦 拉藍 撒古流 法拉漢 泰雅 "
    "瓦歷斯 督固 那布 嘎造 阿烏伊 魯碧 達邁 卡布 巴萬 夏曼 納莫 吉路 都貝 阿勒 撒可努 "
    "拉夫 哈優 布興 達努 尤幹 伊將 拉蓋 嘉明 諾米 武荖 烏杜 帕郎",
)
"""First and second parts of names as indigenous peoples write them in characters; put
together by chance, they are meant to be nobody."""

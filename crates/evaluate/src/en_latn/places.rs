//! Places of synthetic people: suburbs with their postcodes. Plausible, not a gazetteer; several suburbs
//! share a postcode and several names occur twice, as in reality.

/// `suburb postcode`, the more populous first.
pub(crate) const PLACES: &str = "Blacktown 2148, Point Cook 3030, Craigieburn 3064, Tarneit 3029, Baulkham Hills 2153, \
    Reservoir 3073, Auburn 2144, Castle Hill 2154, Pakenham 3810, Berwick 3806, Glen Waverley 3150, Frankston 3199, \
    Bankstown 2200, Southport 4215, Surfers Paradise 4217, Liverpool 2170, Maroubra 2035, Dandenong 3175, \
    Hoppers Crossing 3029, Werribee 3030, Sunbury 3429, Epping 3076, Epping 2121, Mildura 3500, Buderim 4556, \
    Nerang 4211, Caboolture 4510, Morayfield 4506, Dubbo 2830, Orange 2800, Tamworth 2340, Wagga Wagga 2650, \
    Port Macquarie 2444, Coffs Harbour 2450, Lismore 2480, Ballina 2478, Albury 2640, Wodonga 3690, Shepparton 3630, \
    Bendigo 3550, Ballarat 3350, Geelong 3220, Belmont 3216, Belmont 6104, Belmont 2280, Warrnambool 3280, \
    Traralgon 3844, Sale 3850, Bairnsdale 3875, Mount Gambier 5290, Murray Bridge 5253, Port Lincoln 5606, \
    Whyalla 5600, Salisbury 5108, Elizabeth 5112, Glenelg 5045, Norwood 5067, Unley 5061, Prospect 5082, \
    Prospect 2148, Modbury 5092, Golden Grove 5125, Morphett Vale 5162, Aberfoyle Park 5159, Rockingham 6168, \
    Mandurah 6210, Joondalup 6027, Wanneroo 6065, Fremantle 6160, Armadale 6112, Armadale 3143, Canning Vale 6155, \
    Thornlie 6108, Dianella 6059, Morley 6062, Scarborough 6019, Scarborough 4020, Bunbury 6230, Busselton 6280, \
    Geraldton 6530, Kalgoorlie 6430, Albany 6330, Broome 6725, Karratha 6714, Darwin 0800, Casuarina 0810, \
    Palmerston 0830, Alice Springs 0870, Katherine 0850, Hobart 7000, Glenorchy 7010, Kingston 7050, Kingston 2604, \
    Launceston 7250, Devonport 7310, Burnie 7320, Ulverstone 7315, Sandy Bay 7005, New Norfolk 7140, Braddon 2612, \
    Belconnen 2617, Kambah 2902, Gungahlin 2912, Tuggeranong 2900, Queanbeyan 2620, Goulburn 2580, Bowral 2576, \
    Nowra 2541, Wollongong 2500, Shellharbour 2529, Dapto 2530, Campbelltown 2560, Campbelltown 5074, Camden 2570, \
    Penrith 2750, St Marys 2760, Richmond 2753, Richmond 3121, Windsor 2756, Windsor 3181, Katoomba 2780, \
    Springwood 2777, Springwood 4127, Bathurst 2795, Lithgow 2790, Mudgee 2850, Armidale 2350, Inverell 2360, \
    Moree 2400, Grafton 2460, Tweed Heads 2485, Byron Bay 2481, Newcastle 2300, Charlestown 2290, Maitland 2320, \
    Cessnock 2325, Gosford 2250, Wyong 2259, Terrigal 2260, Hornsby 2077, Chatswood 2067, Manly 2095, Dee Why 2099, \
    Mona Vale 2103, Ryde 2112, Parramatta 2150, Strathfield 2135, Hurstville 2220, Kogarah 2217, Cronulla 2230, \
    Miranda 2228, Randwick 2031, Bondi 2026, Newtown 2042, Newtown 3220, Marrickville 2204, Leichhardt 2040, \
    Brunswick 3056, Coburg 3058, Preston 3072, Northcote 3070, Footscray 3011, Sunshine 3020, St Albans 3021, \
    Essendon 3040, Moonee Ponds 3039, Heidelberg 3084, Doncaster 3108, Ringwood 3134, Croydon 3136, Croydon 2132, \
    Box Hill 3128, Camberwell 3124, Hawthorn 3122, Malvern 3144, Caulfield 3162, St Kilda 3182, Brighton 3186, \
    Brighton 7030, Mentone 3194, Mornington 3931, Rosebud 3939, Cranbourne 3977, Narre Warren 3805, Toowoomba 4350, \
    Ipswich 4305, Goodna 4300, Logan Central 4114, Beenleigh 4207, Cleveland 4163, Wynnum 4178, Carindale 4152, \
    Sunnybank 4109, Indooroopilly 4068, The Gap 4061, Ashgrove 4060, Chermside 4032, Aspley 4034, Redcliffe 4020, \
    Maroochydore 4558, Noosaville 4566, Gympie 4570, Maryborough 4650, Bundaberg 4670, Gladstone 4680, \
    Rockhampton 4700, Mackay 4740, Townsville 4810, Cairns 4870, Innisfail 4860, Mount Isa 4825";

//! Names of synthetic people: plain lists, the more frequent first. The order and the weights are
//! assumptions, not a census.

/// Names of one generation, by sex.
pub(crate) struct Generation {
    /// First birth year of the generation after this one.
    pub(crate) until: u16,
    /// Given names of women.
    pub(crate) female: &'static str,
    /// Given names of men.
    pub(crate) male: &'static str,
}

/// Given names by generation.
pub(crate) const GENERATIONS: [Generation; 3] = [
    Generation {
        until: 1960,
        female: "Margaret, Patricia, Barbara, Mary, Dorothy, Joan, Judith, Susan, Shirley, Betty, Elizabeth, \
            Helen, Jean, Maureen, Robyn, Beverley, Carol, Janet, Pamela, Joyce, Kathleen, Valerie, Heather, \
            Lorraine, June, Marie, Anne, Beryl, Ruth, Marjorie, Gwendolyn, Norma, Sheila, Eileen, Sylvia, \
            Frances, Nancy, Rosemary, Wendy, Yvonne, Doreen, Christine, Edith, Thelma, Phyllis, Renée, Mavis, \
            Elaine, Maria, Giuseppina",
        male: "John, Robert, William, Peter, James, David, Kenneth, Ronald, Thomas, George, Brian, Raymond, \
            Barry, Donald, Graham, Alan, Keith, Kevin, Richard, Colin, Geoffrey, Allan, Michael, Leslie, Neville, \
            Maxwell, Noel, Douglas, Norman, Gordon, Frederick, Edward, Charles, Arthur, Desmond, Stanley, Eric, \
            Henry, Terence, Trevor, Roger, Bruce, Francis, Lawrence, Harold, Albert, Giovanni, Walter, Ernest, \
            Clive",
    },
    Generation {
        until: 1990,
        female: "Michelle, Karen, Nicole, Lisa, Sarah, Rebecca, Melissa, Julie, Kylie, Amanda, Jennifer, Kelly, \
            Rachel, Emma, Catherine, Sharon, Tracey, Deborah, Jessica, Samantha, Natalie, Leanne, Joanne, Tanya, \
            Angela, Fiona, Katherine, Danielle, Kate, Vanessa, Kim, Jodie, Belinda, Simone, Andrea, Victoria, \
            Megan, Erin, Stephanie, Alison, Suzanne, Jacqueline, Narelle, Theresa, Siobhan, Mei Ling, Priya, \
            Chloé, Hinemoa, Siân",
        male: "Paul, Mark, Andrew, Stephen, Christopher, Matthew, Daniel, Anthony, Craig, Jason, Scott, Gregory, \
            Darren, Adam, Shane, Benjamin, Simon, Timothy, Joshua, Luke, Brett, Glenn, Philip, Gary, Wayne, \
            Steven, Nathan, Justin, Patrick, Sean, Troy, Dean, Aaron, Jonathan, Ian, Stuart, Damien, Travis, \
            Nicholas, Martin, Jamie, Russell, Cameron, Rodney, Dale, José, Björn, Tane, Rajesh, Hoang",
    },
    Generation {
        until: u16::MAX,
        female: "Charlotte, Olivia, Emily, Amelia, Chloe, Isla, Mia, Ava, Grace, Ruby, Sophie, Ella, Isabella, \
            Lily, Zoe, Lucy, Georgia, Hannah, Matilda, Evie, Alice, Willow, Sienna, Harper, Ivy, Abigail, Audrey, \
            Eleanor, Freya, Scarlett, Imogen, Jasmine, Alexandra, Madeline, Holly, Paige, Caitlin, Tahlia, \
            Lauren, Molly, Aria, Poppy, Mackenzie, Zara, Anahera, Zoë, Anaïs, Mary-Jane, Aisha, Linh",
        male: "Oliver, Noah, Jack, Lachlan, Ethan, Liam, Cooper, Lucas, Ryan, Samuel, Thomas, Jacob, Harrison, \
            Alexander, Max, Levi, Mason, Henry, Hunter, Isaac, Archer, Dylan, Jayden, Logan, Zachary, Connor, \
            Hamish, Angus, Jordan, Toby, Elijah, Caleb, Riley, Sebastian, Xavier, Jake, Blake, Mitchell, Leo, \
            Theodore, Hudson, Kai, Nikau, Arlo, Mohammed, Seán, Luca, Jean-Luc, Hugo, Arjun",
    },
];

/// Surnames, roughly in order of frequency in English-speaking countries.
pub(crate) const SURNAMES: &str = "Smith, Jones, Williams, Brown, Wilson, Taylor, Johnson, White, Martin, \
    Anderson, Thompson, Nguyen, Thomas, Walker, Harris, Lee, Ryan, Robinson, Kelly, King, Davis, Wright, Evans, \
    Roberts, Green, Hall, Wood, Jackson, Clarke, Patel, Singh, Campbell, Edwards, Clark, Young, Turner, Hill, Scott, \
    Mitchell, Moore, Allen, Cooper, Lewis, Miller, Ward, Watson, Morris, Baker, Hughes, Murphy, Stewart, O'Brien, \
    Bell, Harrison, Phillips, Parker, Carter, Adams, Murray, McDonald, Bennett, Cook, Davies, Richardson, Marshall, \
    Simpson, Chen, Wang, Li, Zhang, Liu, Tran, Shaw, Graham, Gray, Collins, James, Morgan, Rogers, Hunt, Russell, \
    Cox, Reid, Hamilton, Mason, Palmer, Kennedy, Johnston, Ross, Ellis, Fraser, Grant, Webb, Foster, Price, \
    Robertson, Reynolds, Stevens, Burns, Fisher, Butler, Kaur, Khan, Wallace, Henderson, Gibson, Lynch, Fox, Hart, \
    Barnes, Stone, Jenkins, Pearce, Knight, Rose, Howard, Armstrong, Gordon, Mills, Andrews, West, Walsh, Kim, Ford, \
    Cole, Lawson, Hayes, Perry, Lawrence, Spencer, Nelson, Matthews, Dunn, Black, Duncan, Byrne, O'Connor, Nicholson, \
    Ferguson, Crawford, Cameron, Sullivan, Porter, Bailey, Carroll, Atkinson, Dixon, Barker, Hudson, Payne, Long, \
    Day, Stephens, Douglas, Pham, Le, Huynh, Wong, Chan, Lim, Tan, Ng, Sharma, Kumar, Gupta, Garcia, García, \
    Rodriguez, Martinez, Hernandez, Lopez, Gonzalez, Perez, Sanchez, Ramirez, Torres, Rivera, Gomez, Diaz, Cruz, \
    Reyes, Morales, Ortiz, Gutierrez, Chavez, Ramos, Ruiz, Alvarez, Mendoza, Vasquez, Castillo, Jimenez, Moreno, \
    Romero, Herrera, Medina, Aguilar, Garza, Castro, Vargas, Fernandez, Núñez, Peña, Muñoz, Müller, Schmidt, \
    Schneider, Schröder, Fischer, Weber, Wagner, Becker, Hoffmann, Koch, Richter, Klein, Wolf, Neumann, Schwarz, \
    Zimmermann, Krüger, Hartmann, Lange, Werner, Krause, Lehmann, Kohler, Rossi, Russo, Ferrari, Esposito, Bianchi, \
    Romano, Colombo, Ricci, Marino, Greco, Bruno, Gallo, Conti, De Luca, Costa, Giordano, Mancini, Rizzo, Lombardi, \
    Moretti, D'Angelo, D'Amico, Papadopoulos, Georgiou, Nikolaidis, Dimitriou, Kovač, Novak, Horvat, Petrović, \
    Jovanovic, Kowalski, Nowak, Wiśniewski, Wojcik, Kaminski, Van Dyk, Van Der Berg, De Jong, Jansen, Bakker, Visser, \
    Smit, Meijer, Botha, Van Wyk, Du Plessis, Nel, Larsen, Hansen, Jensen, Nielsen, Andersen, Pedersen, Sørensen, \
    Johansson, Lindqvist, Åberg, Bergström, Ngata, Tamihana, Parata, Te Kanawa, Waititi, Paki, Tūhoe, Wētere, Fonoti, \
    Leota, Tuilagi, Faleolo, Taufa, Santos, Silva, Pereira, Ferreira, Oliveira, Souza, Almeida, Fernando, Perera, \
    De Silva, Dela Cruz, Bautista, Aquino, Ibrahim, Ahmed, Hussein, Haddad, Khoury, Nasr, Hassan, Abdi, Mohamed, Ali, \
    O'Neill, O'Sullivan, O'Reilly, O'Donnell, O'Keefe, O'Callaghan, McCarthy, McKenzie, McLean, McLeod, McGregor, \
    McIntosh, McKay, McMahon, McGrath, McNamara, McPherson, McInnes, MacDonald, MacKenzie, MacLeod, Fitzgerald, \
    Fitzpatrick, Gallagher, Doyle, Quinn, Flynn, Nolan, Brennan, Burke, Daly, Doherty, Donovan, Duffy, Dwyer, Egan, \
    Fahey, Farrell, Hogan, Keating, Kearney, Maher, Malone, Moran, Power, Quigley, Regan, Sheehan, Sweeney, Tierney, \
    Whelan, Abbott, Archer, Arnold, Austin, Baldwin, Ball, Banks, Barrett, Barton, Bates, Baxter, Beck, Berry, Bird, \
    Bishop, Blair, Bond, Booth, Bowen, Boyd, Bradley, Bradshaw, Briggs, Brooks, Bryant, Buckley, Bull, Burgess, \
    Burton, Bush, Carr, Chambers, Chandler, Chapman, Cooke, Craig, Cross, Cunningham, Curtis, Dale, Dalton, Daniels, \
    Dawson, Dean, Drew, Dyer, Elliott, Field, Fleming, Fletcher, Flower, Francis, Freeman, French, Frost, Fuller, \
    Gardiner, Gardner, George, Gilbert, Giles, Gill, Glover, Goodwin, Gould, Greenwood, Gregory, Griffin, Griffiths, \
    Hancock, Harding, Hardy, Harper, Harvey, Hawkins, Haynes, Heath, Hicks, Higgins, Hobbs, Hodgson, Holland, Holmes, \
    Holt, Hooper, Hopkins, Horton, Houston, Howe, Humphries, Hutchinson, Ingram, Irvine, Jacobs, Jennings, Jordan, \
    Joyce, Kemp, Kent, Kerr, Kirby, Lamb, Lambert, Lane, Leach, Little, Lloyd, Lowe, Lucas, Mann, Marsh, May, Mead, \
    Miles, Moss, Myers, Nash, Neal, Newman, Newton, Nichols, Norman, Norris, North, Norton, Oakley, Oliver, Osborne, \
    Owen, Page, Parsons, Patterson, Paul, Peacock, Perkins, Peters, Pike, Poole, Pope, Potter, Powell, Pratt, Quick, \
    Randall, Read, Rees, Rhodes, Rice, Richards, Riley, Rowe, Sanders, Saunders, Savage, Schultz, Sharp, Shepherd, \
    Short, Sims, Skinner, Slater, Snow, St John, St Clair, Stanley, Steele, Stokes, Stuart, Summers, Sutton, Swan, \
    Thorne, Todd, Townsend, Tucker, Tyler, Underwood, Vaughan, Vincent, Wade, Wallis, Walters, Warner, Warren, \
    Waters, Watkins, Watts, Weaver, Wells, Wheeler, Whittaker, Wilkins, Wilkinson, Winter, Woodward, Wyatt, Yates, \
    Fairfax-Cole, Lloyd-Jones, Parry-Davies, Bowes-Lyon, Hore-Ruthven";

/// First halves of rare surnames ...
pub(crate) const RARE_STARTS: &str = "Ald, Amber, Apple, Ash, Aver, Bar, Beck, Ben, Black, Blen, Bram, Brock, Burn, \
    Cald, Cal, Car, Chad, Chal, Cher, Chil, Cob, Col, Cran, Crom, Cul, Dar, Den, Dray, Dun, East, Edge, El, Fair, \
    Far, Fen, Gar, Glad, Gran, Hag, Hal, Ham, Har, Hat, Hazel, Hel, Hollin, Hurst, Ing, Kel, Kings, Lang, Lin, \
    Lock, Mel, Mid, Mor, Nor, Oak, Old, Pem, Pen, Pres, Rad, Red, Rock, Sel, Shel, Sta, Stan, Sting, Sud, Tal, \
    Thorn, Tre, Wad, Wal, Wen, Whit, Win, Wool";

/// ... and their second halves: every combination is a name.
pub(crate) const RARE_ENDS: &str = "acre, bourne, bridge, brook, bury, by, combe, cott, croft, dale, den, don, field, \
    ford, gate, grave, ham, head, hurst, ington, land, ley, low, man, mere, more, ridge, sall, shaw, stead, stock, \
    stone, tham, thorpe, ton, wall, well, wick, wood, worth";

/// `formal=familiar`: a given name and its nickname.
pub(crate) const NICKNAMES: &str = "William=Bill, William=Will, Robert=Bob, Robert=Rob, James=Jim, John=Jack, Richard=Dick, \
    Richard=Rick, Margaret=Peggy, Margaret=Maggie, Elizabeth=Liz, Elizabeth=Betty, Elizabeth=Beth, \
    Patricia=Pat, Patricia=Trish, Barbara=Barb, Dorothy=Dot, Judith=Judy, Susan=Sue, Kathleen=Kath, \
    Valerie=Val, Christine=Chris, Pamela=Pam, Frances=Fran, Peter=Pete, David=Dave, Kenneth=Ken, \
    Ronald=Ron, Thomas=Tom, Raymond=Ray, Donald=Don, Alan=Al, Geoffrey=Geoff, Michael=Mick, \
    Michael=Mike, Leslie=Les, Neville=Nev, Maxwell=Max, Douglas=Doug, Frederick=Fred, Edward=Ted, \
    Charles=Charlie, Desmond=Des, Stanley=Stan, Terence=Terry, Trevor=Trev, Francis=Frank, \
    Lawrence=Larry, Harold=Harry, Walter=Wally, Giovanni=John, Michelle=Shelley, Nicole=Nicky, \
    Rebecca=Bec, Melissa=Mel, Amanda=Mandy, Jennifer=Jenny, Catherine=Cathy, Katherine=Kate, \
    Deborah=Debbie, Jessica=Jess, Samantha=Sam, Natalie=Nat, Angela=Angie, Victoria=Vicki, \
    Stephanie=Steph, Suzanne=Sue, Jacqueline=Jacqui, Theresa=Terri, Andrew=Andy, Stephen=Steve, \
    Steven=Steve, Christopher=Chris, Matthew=Matt, Daniel=Dan, Anthony=Tony, Gregory=Greg, Benjamin=Ben, \
    Timothy=Tim, Joshua=Josh, Philip=Phil, Nathan=Nate, Patrick=Paddy, Jonathan=Jon, Nicholas=Nick, \
    Rodney=Rod, Charlotte=Lottie, Olivia=Liv, Emily=Em, Amelia=Millie, Isabella=Bella, Matilda=Tilly, \
    Abigail=Abby, Eleanor=Ellie, Alexandra=Alex, Madeline=Maddie, Oliver=Ollie, Lachlan=Lachie, \
    Samuel=Sam, Jacob=Jake, Harrison=Harry, Alexander=Alex, Zachary=Zac, Sebastian=Seb, Mitchell=Mitch, \
    Theodore=Theo, Mohammed=Mo";
